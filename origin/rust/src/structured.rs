//! Structured Fields (RFC 9651), read as strictly as a signature deserves: what the RFC lets a parser take or leave (base64
//! without padding, or with bits behind its end) is left.
//!
//! A library would not say where in its text a member stands, and the text is what was signed. Tests hold this to the HTTP
//! working group's vectors and to the `sfv` crate.

use base64ct::{Base64, Encoding};
use std::{borrow::Cow, collections::BTreeMap};

/// The text is no such field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bare<'a> {
    /// A whole number of at most 15 digits.
    Integer(i64),
    /// A decimal number, in thousandths.
    Decimal(i64),
    /// Printable ASCII in quotation marks, without its escapes.
    String(Cow<'a, str>),
    /// A word without quotation marks.
    Token(&'a str),
    /// Bytes, of base64.
    Bytes(Vec<u8>),
    /// `?0` or `?1`.
    Boolean(bool),
    /// Seconds since 1970.
    Date(i64),
    /// Text in any script.
    Display(String),
}

/// Parameters, each key once.
pub type Parameters<'a> = Vec<(&'a str, Bare<'a>)>;

/// One value with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item<'a> {
    /// The value.
    pub value: Bare<'a>,
    /// Its parameters.
    pub parameters: Parameters<'a>,
}

/// What stands in a list or behind a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry<'a> {
    /// One value.
    Item(Item<'a>),
    /// Values in brackets, and the parameters behind them.
    List(Vec<Item<'a>>, Parameters<'a>),
}

/// A member of a dictionary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member<'a> {
    /// Its key.
    pub key: &'a str,
    /// What stands behind it; `?1` where nothing does.
    pub entry: Entry<'a>,
    /// The entry's text, as it stands behind `key=`.
    pub text: &'a [u8],
}

/// All members in order. A key that comes twice is there twice: who wants RFC 9651's meaning takes the last.
///
/// # Errors
/// The text is no dictionary.
pub fn dictionary(text: &[u8]) -> Result<Vec<Member<'_>>, Malformed> {
    members(text, Reader::member)
}

/// The members of a list.
///
/// # Errors
/// The text is no list.
pub fn list(text: &[u8]) -> Result<Vec<Entry<'_>>, Malformed> {
    members(text, Reader::entry)
}

/// A single item.
///
/// # Errors
/// The text is no item.
pub fn item(text: &[u8]) -> Result<Item<'_>, Malformed> {
    let mut reader = Reader { rest: text };
    reader.skip(is_space);
    let item = reader.item()?;
    reader.skip(is_space);
    if reader.rest.is_empty() { Ok(item) } else { Err(Malformed) }
}

type Read<'a, T> = fn(&mut Reader<'a>) -> Result<T, Malformed>;

fn members<'a, T>(text: &'a [u8], member: Read<'a, T>) -> Result<Vec<T>, Malformed> {
    let mut reader = Reader { rest: text };
    let mut members = Vec::new();
    reader.skip(is_space);
    while !reader.rest.is_empty() {
        members.push(member(&mut reader)?);
        reader.skip(is_blank);
        if reader.rest.is_empty() {
            break;
        }
        reader.expect(b',')?;
        reader.skip(is_blank);
        if reader.rest.is_empty() {
            return Err(Malformed);
        }
    }
    Ok(members)
}

const fn is_space(byte: u8) -> bool {
    byte == b' '
}

const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// What is not read yet.
struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn member(&mut self) -> Result<Member<'a>, Malformed> {
        let key = self.key()?;
        let mut begin = self.rest;
        let entry = if self.next_is(b'=') {
            begin = self.rest;
            self.entry()?
        } else {
            Entry::Item(Item { value: Bare::Boolean(true), parameters: self.parameters()? })
        };
        let text = begin.get(..begin.len() - self.rest.len()).ok_or(Malformed)?;
        Ok(Member { key, entry, text })
    }

    fn entry(&mut self) -> Result<Entry<'a>, Malformed> {
        if !self.next_is(b'(') {
            return Ok(Entry::Item(self.item()?));
        }
        let mut items = Vec::new();
        loop {
            self.skip(is_space);
            if self.next_is(b')') {
                return Ok(Entry::List(items, self.parameters()?));
            }
            items.push(self.item()?);
            if !matches!(self.rest.first(), Some(b' ' | b')')) {
                return Err(Malformed);
            }
        }
    }

    fn item(&mut self) -> Result<Item<'a>, Malformed> {
        Ok(Item { value: self.bare()?, parameters: self.parameters()? })
    }

    fn parameters(&mut self) -> Result<Parameters<'a>, Malformed> {
        let mut found: Parameters<'a> = Vec::new();
        // A field has room for thousands, and a client picks them.
        let mut places = BTreeMap::new();
        while self.next_is(b';') {
            self.skip(is_space);
            let key = self.key()?;
            let value = if self.next_is(b'=') { self.bare()? } else { Bare::Boolean(true) };
            let place = *places.entry(key).or_insert(found.len());
            match found.get_mut(place) {
                Some((_, known)) => *known = value,
                None => found.push((key, value)),
            }
        }
        Ok(found)
    }

    fn key(&mut self) -> Result<&'a str, Malformed> {
        if !matches!(self.rest.first(), Some(b'a'..=b'z' | b'*')) {
            return Err(Malformed);
        }
        text(self.skip(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.' | b'*')))
    }

    fn bare(&mut self) -> Result<Bare<'a>, Malformed> {
        match self.rest.first() {
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'"') => self.string(),
            Some(b':') => self.bytes(),
            Some(b'?') => self.boolean(),
            Some(b'@') => self.date(),
            Some(b'%') => self.display(),
            Some(b'*' | b'A'..=b'Z' | b'a'..=b'z') => Ok(Bare::Token(text(
                self.skip(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~:/".contains(&byte)),
            )?)),
            _ => Err(Malformed),
        }
    }

    /// At most 15 digits, or at most 12 with 1 to 3 more behind a point.
    fn number(&mut self) -> Result<Bare<'a>, Malformed> {
        let sign = if self.next_is(b'-') { -1 } else { 1 };
        let whole = self.digits(15)?;
        if !self.next_is(b'.') {
            return Ok(Bare::Integer(sign * whole.0));
        }
        let fraction = self.digits(3)?;
        if whole.1 > 12 {
            return Err(Malformed);
        }
        let unit = [1_000, 100, 10, 1].get(fraction.1).ok_or(Malformed)?;
        Ok(Bare::Decimal(sign * (whole.0 * 1_000 + fraction.0 * unit)))
    }

    /// A number of 1 to so many digits, and how many it has.
    fn digits(&mut self, most: usize) -> Result<(i64, usize), Malformed> {
        let digits = self.skip(|byte| byte.is_ascii_digit());
        if !(1..=most).contains(&digits.len()) {
            return Err(Malformed);
        }
        Ok((digits.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0')), digits.len()))
    }

    fn string(&mut self) -> Result<Bare<'a>, Malformed> {
        self.expect(b'"')?;
        let plain = self.skip(|byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\');
        if self.next_is(b'"') {
            return Ok(Bare::String(Cow::Borrowed(text(plain)?)));
        }
        let mut found = text(plain)?.to_owned();
        loop {
            match self.take()? {
                b'"' => return Ok(Bare::String(Cow::Owned(found))),
                b'\\' => match self.take()? {
                    byte @ (b'"' | b'\\') => found.push(char::from(byte)),
                    _ => return Err(Malformed),
                },
                byte @ b' '..=b'~' => found.push(char::from(byte)),
                _ => return Err(Malformed),
            }
        }
    }

    fn bytes(&mut self) -> Result<Bare<'a>, Malformed> {
        self.expect(b':')?;
        let encoded = text(self.skip(|byte| byte != b':'))?;
        self.expect(b':')?;
        Base64::decode_vec(encoded).map(Bare::Bytes).map_err(|_| Malformed)
    }

    fn boolean(&mut self) -> Result<Bare<'a>, Malformed> {
        self.expect(b'?')?;
        match self.take()? {
            b'0' => Ok(Bare::Boolean(false)),
            b'1' => Ok(Bare::Boolean(true)),
            _ => Err(Malformed),
        }
    }

    fn date(&mut self) -> Result<Bare<'a>, Malformed> {
        self.expect(b'@')?;
        match self.number()? {
            Bare::Integer(seconds) => Ok(Bare::Date(seconds)),
            _ => Err(Malformed),
        }
    }

    fn display(&mut self) -> Result<Bare<'a>, Malformed> {
        self.expect(b'%')?;
        self.expect(b'"')?;
        let mut found = Vec::new();
        loop {
            match self.take()? {
                b'"' => return String::from_utf8(found).map(Bare::Display).map_err(|_| Malformed),
                b'%' => found.push(self.hex()? * 16 + self.hex()?),
                byte @ b' '..=b'~' => found.push(byte),
                _ => return Err(Malformed),
            }
        }
    }

    fn hex(&mut self) -> Result<u8, Malformed> {
        match self.take()? {
            digit @ b'0'..=b'9' => Ok(digit - b'0'),
            digit @ b'a'..=b'f' => Ok(digit - b'a' + 10),
            _ => Err(Malformed),
        }
    }

    fn take(&mut self) -> Result<u8, Malformed> {
        let (&byte, rest) = self.rest.split_first().ok_or(Malformed)?;
        self.rest = rest;
        Ok(byte)
    }

    fn next_is(&mut self, wanted: u8) -> bool {
        let Some((_, rest)) = self.rest.split_first().filter(|(found, _)| **found == wanted) else { return false };
        self.rest = rest;
        true
    }

    fn expect(&mut self, wanted: u8) -> Result<(), Malformed> {
        if self.next_is(wanted) { Ok(()) } else { Err(Malformed) }
    }

    /// Passes over the bytes that fit, and returns them.
    fn skip(&mut self, fits: impl Fn(u8) -> bool) -> &'a [u8] {
        let end = self.rest.iter().position(|&byte| !fits(byte)).unwrap_or(self.rest.len());
        let (passed, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, &[]));
        self.rest = rest;
        passed
    }
}

fn text(bytes: &[u8]) -> Result<&str, Malformed> {
    str::from_utf8(bytes).map_err(|_| Malformed)
}
