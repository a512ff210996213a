//! The text of a field, read from its front (RFC 9651, 4.2).

use super::{Bare, INNER, InnerList, Item, LONGEST, Parameters, Text, Value};
use alloc::{borrow::Cow, string::String, vec::Vec};
use base64ct::{Base64, Encoding};

/// What is not read yet.
pub(super) struct Input<'a> {
    rest: &'a [u8],
}

pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

impl<'a> Input<'a> {
    pub(super) fn new(rest: &'a [u8]) -> Self {
        Self { rest }
    }

    /// A field, past the spaces before it; none of one that is too long.
    pub(super) fn of_field(text: &'a [u8]) -> Option<Self> {
        let mut input = Self::new(text);
        input.skip(|byte| byte == b' ');
        (text.len() <= LONGEST).then_some(input)
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// What follows the key of a member: without a value it is true.
    pub(super) fn member_value(&mut self) -> Option<Value<'a>> {
        if self.next_is(b'=') {
            return self.value();
        }
        Some(Value::Item(Item { bare: Bare::Boolean(true), parameters: self.parameters()? }))
    }

    pub(super) fn value(&mut self) -> Option<Value<'a>> {
        if self.next_is(b'(') { self.inner_list().map(Value::Inner) } else { self.item().map(Value::Item) }
    }

    pub(super) fn item(&mut self) -> Option<Item<'a>> {
        Some(Item { bare: self.bare()?, parameters: self.parameters()? })
    }

    pub(super) fn key(&mut self) -> Option<&'a str> {
        if !matches!(self.rest.first()?, b'a'..=b'z' | b'*') {
            return None;
        }
        self.text(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-.*".contains(&byte))
    }

    fn parameters(&mut self) -> Option<Parameters<'a>> {
        let whole = self.rest;
        let mut count = 0;
        while self.parameter()?.is_some() {
            count += 1;
            if count > INNER {
                return None;
            }
        }
        Some(Parameters(whole.get(..whole.len() - self.rest.len())?))
    }

    /// The next parameter; nothing inside where there is none.
    #[expect(clippy::option_option, reason = "no parameter is no error")]
    pub(super) fn parameter(&mut self) -> Option<Option<(&'a str, Bare<'a>)>> {
        if !self.next_is(b';') {
            return Some(None);
        }
        self.skip(|byte| byte == b' ');
        let key = self.key()?;
        let value = if self.next_is(b'=') { self.bare()? } else { Bare::Boolean(true) };
        Some(Some((key, value)))
    }

    fn inner_list(&mut self) -> Option<InnerList<'a>> {
        let whole = self.rest;
        let mut count = 0;
        loop {
            self.skip(|byte| byte == b' ');
            let text = whole.get(..whole.len() - self.rest.len())?;
            if self.next_is(b')') {
                return Some(InnerList { text, parameters: self.parameters()? });
            }
            self.item()?;
            count += 1;
            if count > INNER || !matches!(self.rest.first()?, b' ' | b')') {
                return None;
            }
        }
    }

    fn bare(&mut self) -> Option<Bare<'a>> {
        match self.rest.first()? {
            b'-' | b'0'..=b'9' => self.number(),
            b'"' => self.string(),
            b':' => self.bytes(),
            b'?' => {
                self.take();
                let truth = self.next_is(b'1');
                (truth || self.next_is(b'0')).then_some(Bare::Boolean(truth))
            }
            b'*' | b'A'..=b'Z' | b'a'..=b'z' => {
                self.text(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~:/".contains(&byte)).map(Bare::Token)
            }
            b'@' => {
                self.take();
                self.number()?.integer().map(Bare::Date)
            }
            b'%' => self.display(),
            _ => None,
        }
    }

    /// At most 15 digits, or at most 12 with 1 to 3 more behind a point.
    fn number(&mut self) -> Option<Bare<'a>> {
        let sign = if self.next_is(b'-') { -1 } else { 1 };
        let whole = self.text(|byte| byte.is_ascii_digit())?;
        if !self.next_is(b'.') {
            return if whole.len() <= 15 { Some(Bare::Integer(sign * whole.parse::<i64>().ok()?)) } else { None };
        }
        let fraction = self.text(|byte| byte.is_ascii_digit())?;
        if whole.is_empty() || whole.len() > 12 {
            return None;
        }
        let unit = match fraction.len() {
            1 => 100,
            2 => 10,
            3 => 1,
            _ => return None,
        };
        Some(Bare::Decimal(sign * (whole.parse::<i64>().ok()? * 1_000 + fraction.parse::<i64>().ok()? * unit)))
    }

    fn string(&mut self) -> Option<Bare<'a>> {
        self.expect(b'"')?;
        let whole = self.rest;
        loop {
            match self.take()? {
                b'"' => {
                    let text = whole.get(..whole.len() - self.rest.len() - 1)?;
                    return Some(Bare::String(Text(str(text)?)));
                }
                b'\\' if matches!(self.take()?, b'"' | b'\\') => {}
                b'\\' => return None,
                b' '..=b'~' => {}
                _ => return None,
            }
        }
    }

    /// Padded and canonical: what else is base64 differs from reader to reader.
    fn bytes(&mut self) -> Option<Bare<'a>> {
        self.expect(b':')?;
        let text = self.text(|byte| byte != b':')?;
        self.expect(b':')?;
        Base64::decode_vec(text).ok().map(|_| Bare::Bytes(text))
    }

    fn display(&mut self) -> Option<Bare<'a>> {
        self.expect(b'%')?;
        self.expect(b'"')?;
        let plain = self.text(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'%' | b'"'))?;
        if self.next_is(b'"') {
            return Some(Bare::Display(Cow::Borrowed(plain)));
        }
        let mut bytes = Vec::from(plain);
        loop {
            match self.take()? {
                b'"' => return String::from_utf8(bytes).ok().map(|text| Bare::Display(Cow::Owned(text))),
                b'%' => bytes.push(hex(self.take()?)? << 4 | hex(self.take()?)?),
                byte @ b' '..=b'~' => bytes.push(byte),
                _ => return None,
            }
        }
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

    pub(super) fn expect(&mut self, wanted: u8) -> Option<()> {
        self.next_is(wanted).then_some(())
    }

    /// Passes over the bytes that fit, and returns them where they are text.
    fn text(&mut self, fits: impl Fn(u8) -> bool) -> Option<&'a str> {
        str(self.skip(fits))
    }

    /// Passes over the bytes that fit, and returns them.
    pub(super) fn skip(&mut self, fits: impl Fn(u8) -> bool) -> &'a [u8] {
        let end = self.rest.iter().position(|&byte| !fits(byte)).unwrap_or(self.rest.len());
        let (passed, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, &[]));
        self.rest = rest;
        passed
    }
}

fn str(bytes: &[u8]) -> Option<&str> {
    core::str::from_utf8(bytes).ok()
}

/// Digits in upper case are none: RFC 9651, 4.2.10.
fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}
