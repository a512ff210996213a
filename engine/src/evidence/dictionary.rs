//! Reads Structured Field Dictionaries as strictly as any origin may.
//!
//! RFC 8941, 4.2.2. What RFC 9651 adds, dates and display strings, counts as malformed here: a reader of the older RFC
//! knows neither, and no signature holds one. No kept parser builds without std; a test holds this one to the `sfv` crate.

use alloc::vec::Vec;
use base64ct::{Base64, Encoding};

/// A member: its key, and its text with the key.
pub(super) type Member<'a> = (&'a [u8], &'a [u8]);

/// The members of a dictionary, in order; none when the text is no dictionary.
pub(super) fn members(text: &[u8]) -> Option<Vec<Member<'_>>> {
    let mut input = Input { rest: text };
    input.skip(|byte| byte == b' ');
    let mut members = Vec::new();
    while !input.rest.is_empty() {
        members.push(input.member()?);
        input.skip(is_space);
        if input.rest.is_empty() {
            break;
        }
        input.expect(b',')?;
        input.skip(is_space);
        if input.rest.is_empty() {
            return None;
        }
    }
    Some(members)
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// What is not read yet.
struct Input<'a> {
    rest: &'a [u8],
}

impl<'a> Input<'a> {
    fn member(&mut self) -> Option<Member<'a>> {
        let whole = self.rest;
        let key = self.key()?;
        if self.next_is(b'=') {
            if self.next_is(b'(') { self.inner_list()? } else { self.bare_item()? }
        }
        self.parameters()?;
        Some((key, whole.get(..whole.len() - self.rest.len())?))
    }

    fn key(&mut self) -> Option<&'a [u8]> {
        if !matches!(self.rest.first()?, b'a'..=b'z' | b'*') {
            return None;
        }
        Some(self.skip(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-.*".contains(&byte)))
    }

    fn parameters(&mut self) -> Option<()> {
        while self.next_is(b';') {
            self.skip(|byte| byte == b' ');
            self.key()?;
            if self.next_is(b'=') {
                self.bare_item()?;
            }
        }
        Some(())
    }

    fn inner_list(&mut self) -> Option<()> {
        loop {
            self.skip(|byte| byte == b' ');
            if self.next_is(b')') {
                return Some(());
            }
            self.bare_item()?;
            self.parameters()?;
            if !matches!(self.rest.first()?, b' ' | b')') {
                return None;
            }
        }
    }

    fn bare_item(&mut self) -> Option<()> {
        match self.rest.first()? {
            b'-' | b'0'..=b'9' => self.number(),
            b'"' => self.string(),
            b':' => self.bytes(),
            b'?' => {
                self.expect(b'?')?;
                (self.next_is(b'0') || self.next_is(b'1')).then_some(())
            }
            b'*' | b'A'..=b'Z' | b'a'..=b'z' => {
                self.skip(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~:/".contains(&byte));
                Some(())
            }
            _ => None,
        }
    }

    /// At most 15 digits, or at most 12 with 1 to 3 more behind a point.
    fn number(&mut self) -> Option<()> {
        self.next_is(b'-');
        let whole = self.skip(|byte| byte.is_ascii_digit()).len();
        if !self.next_is(b'.') {
            return (1..=15).contains(&whole).then_some(());
        }
        let fraction = self.skip(|byte| byte.is_ascii_digit()).len();
        ((1..=12).contains(&whole) && (1..=3).contains(&fraction)).then_some(())
    }

    fn string(&mut self) -> Option<()> {
        self.expect(b'"')?;
        loop {
            match self.take()? {
                b'"' => return Some(()),
                b'\\' if matches!(self.take()?, b'"' | b'\\') => {}
                b'\\' => return None,
                b' '..=b'~' => {}
                _ => return None,
            }
        }
    }

    /// Padded and canonical: what else is base64 differs from reader to reader.
    fn bytes(&mut self) -> Option<()> {
        self.expect(b':')?;
        let text = core::str::from_utf8(self.skip(|byte| byte != b':')).ok()?;
        self.expect(b':')?;
        Base64::decode_vec(text).ok().map(drop)
    }

    fn take(&mut self) -> Option<u8> {
        let (&byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(byte)
    }

    fn next_is(&mut self, wanted: u8) -> bool {
        let found = self.rest.first() == Some(&wanted);
        if found {
            self.take();
        }
        found
    }

    fn expect(&mut self, wanted: u8) -> Option<()> {
        self.next_is(wanted).then_some(())
    }

    /// Passes over the bytes that fit, and returns them.
    fn skip(&mut self, fits: impl Fn(u8) -> bool) -> &'a [u8] {
        let end = self.rest.iter().position(|&byte| !fits(byte)).unwrap_or(self.rest.len());
        let (passed, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, &[]));
        self.rest = rest;
        passed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sfv::{Dictionary, Parser, Version};

    /// Keys in the order of the dictionary that `sfv` reads, where a later member of a key takes the earlier's place.
    fn read_by_sfv(text: &[u8]) -> Option<Vec<alloc::string::String>> {
        let dictionary: Dictionary = Parser::new(text).with_version(Version::Rfc8941).parse().ok()?;
        Some(dictionary.keys().map(|key| key.as_str().into()).collect())
    }

    fn keys(text: &[u8]) -> Option<Vec<alloc::string::String>> {
        let mut keys: Vec<alloc::string::String> = Vec::new();
        for (key, _) in members(text)? {
            let key = core::str::from_utf8(key).unwrap().into();
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        Some(keys)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn reads_what_the_sfv_crate_reads(text in "[ab*]{0,2}[=;]?([a1:Q=;,\"\\\\ ()?0@%.*/\\-\t]|:QQ==:|\"a\"|, b=){0,12}") {
            match (keys(text.as_bytes()), read_by_sfv(text.as_bytes())) {
                // `sfv` takes base64 without padding, too.
                (None, Some(_)) => prop_assert!(text.contains(':'), "{text:?}"),
                (ours, theirs) => prop_assert_eq!(ours, theirs, "{:?}", text),
            }
        }

        #[test]
        fn any_bytes_are_read(text: Vec<u8>) {
            if let Some(members) = members(&text) {
                prop_assert!(read_by_sfv(&text).is_some());
                prop_assert!(members.iter().all(|(key, whole)| whole.starts_with(key)));
            }
        }
    }

    #[test]
    fn a_member_is_its_whole_text() {
        let text = br#" sig1=("@method" "a";sf);created=1, b;x ,	c=:QQ==:;d=?0 "#;
        let members = members(text).unwrap();
        let texts: Vec<&[u8]> = members.iter().map(|(_, text)| *text).collect();
        assert_eq!(texts, [&br#"sig1=("@method" "a";sf);created=1"#[..], b"b;x", b"c=:QQ==:;d=?0"]);
    }
}
