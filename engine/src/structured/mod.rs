//! Structured Fields (RFC 9651): what a field says, read as strictly as any origin may.
//!
//! Nothing is copied while it is read: a value keeps the text that it was read from, and what it holds is read out of that
//! again when somebody asks. No kept parser builds without std; tests hold this one to the HTTP working group's vectors and
//! to the `sfv` crate. Where the standard leaves readers a choice, this one is strict: base64 has its padding, and no bits
//! beyond its bytes.

mod input;
mod serialise;
#[cfg(test)]
mod tests;

use alloc::{borrow::Cow, string::String, vec::Vec};
use base64ct::{Base64, Encoding};
use input::{Input, is_space};

/// The longest field that is read, all its lines together.
pub const LONGEST: usize = 256 << 10;

/// The most members of a list or a dictionary: as many as every reader has to take.
const MEMBERS: usize = 1_024;

/// The most members of an inner list, and the most parameters: as many as every reader has to take.
const INNER: usize = 256;

/// A bare item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bare<'a> {
    /// At most 15 digits.
    Integer(i64),
    /// Thousandths.
    Decimal(i64),
    /// What stands between the quotes, with its escapes.
    String(Text<'a>),
    /// A token.
    Token(&'a str),
    /// What stands between the colons, in base64.
    Bytes(&'a str),
    /// A boolean.
    Boolean(bool),
    /// Seconds since 1970.
    Date(i64),
    /// A display string.
    Display(Cow<'a, str>),
}

/// A string as it was sent, without its quotes. It is ASCII.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text<'a>(&'a str);

impl<'a> Text<'a> {
    /// What it says.
    pub fn get(self) -> Cow<'a, str> {
        if !self.0.contains('\\') {
            return Cow::Borrowed(self.0);
        }
        let mut text = String::with_capacity(self.0.len());
        let mut rest = self.0.chars();
        while let Some(next) = rest.next() {
            text.extend(if next == '\\' { rest.next() } else { Some(next) });
        }
        Cow::Owned(text)
    }
}

impl<'a> Bare<'a> {
    /// The integer that it is.
    pub fn integer(&self) -> Option<i64> {
        if let Self::Integer(number) = self { Some(*number) } else { None }
    }

    /// The string that it is.
    pub fn string(&self) -> Option<Cow<'a, str>> {
        if let Self::String(text) = self { Some(text.get()) } else { None }
    }

    /// The token that it is.
    pub fn token(&self) -> Option<&'a str> {
        if let Self::Token(token) = self { Some(token) } else { None }
    }

    /// The bytes that it is.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        if let Self::Bytes(text) = self { Base64::decode_vec(text).ok() } else { None }
    }
}

/// What stands behind an item, an inner list or a member: `;key=value`, as it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters<'a>(&'a [u8]);

impl<'a> Parameters<'a> {
    /// All of them as they were sent, also those that a later one of the same key takes the place of.
    pub fn sent(self) -> impl Iterator<Item = (&'a str, Bare<'a>)> {
        let mut input = Input::new(self.0);
        core::iter::from_fn(move || input.parameter().flatten())
    }

    /// The value of a key: of the last, where there are several.
    pub fn get(self, key: &str) -> Option<Bare<'a>> {
        self.sent().filter(|(known, _)| *known == key).map(|(_, value)| value).last()
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }
}

/// An item with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item<'a> {
    /// The item.
    pub bare: Bare<'a>,
    /// Its parameters.
    pub parameters: Parameters<'a>,
}

/// An inner list with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InnerList<'a> {
    /// What stands between the brackets.
    text: &'a [u8],
    /// The parameters of the list itself.
    pub parameters: Parameters<'a>,
}

impl<'a> InnerList<'a> {
    /// Its items.
    pub fn items(self) -> impl Iterator<Item = Item<'a>> {
        let mut input = Input::new(self.text);
        core::iter::from_fn(move || {
            input.skip(|byte| byte == b' ');
            if input.is_empty() { None } else { input.item() }
        })
    }
}

/// What a list or a dictionary holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// An item.
    Item(Item<'a>),
    /// An inner list.
    Inner(InnerList<'a>),
}

impl<'a> Value<'a> {
    /// The item that it is.
    pub fn item(&self) -> Option<&Item<'a>> {
        if let Self::Item(item) = self { Some(item) } else { None }
    }

    /// The inner list that it is.
    pub fn inner(&self) -> Option<InnerList<'a>> {
        if let Self::Inner(list) = self { Some(*list) } else { None }
    }
}

/// A member of a dictionary, as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member<'a> {
    /// Its key.
    pub key: &'a str,
    /// Its text, with the key.
    pub text: &'a [u8],
    /// Its value.
    pub value: Value<'a>,
}

/// A dictionary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dictionary<'a> {
    /// Its members as they were sent, also those that a later one of the same key takes the place of.
    pub sent: Vec<Member<'a>>,
}

impl<'a> Dictionary<'a> {
    /// Reads a dictionary; none when the text is none.
    pub fn read(text: &'a [u8]) -> Option<Self> {
        let sent = members(text, |input| {
            let whole = input.rest();
            let key = input.key()?;
            let value = input.member_value()?;
            Some(Member { key, text: whole.get(..whole.len() - input.rest().len())?, value })
        })?;
        Some(Self { sent })
    }

    /// The value of a key: of the last, where there are several.
    pub fn get(&self, key: &str) -> Option<&Value<'a>> {
        self.sent.iter().rev().find(|member| member.key == key).map(|member| &member.value)
    }
}

/// Reads a list; none when the text is none.
pub fn list(text: &[u8]) -> Option<Vec<Value<'_>>> {
    members(text, Input::value)
}

/// Reads an item; none when the text is none.
pub fn item(text: &[u8]) -> Option<Item<'_>> {
    let mut input = Input::of_field(text)?;
    let item = input.item()?;
    input.skip(|byte| byte == b' ');
    input.is_empty().then_some(item)
}

/// What stands between commas.
fn members<'a, T>(text: &'a [u8], read: impl Fn(&mut Input<'a>) -> Option<T>) -> Option<Vec<T>> {
    let mut input = Input::of_field(text)?;
    let mut members = Vec::new();
    while !input.is_empty() {
        if members.len() == MEMBERS {
            return None;
        }
        members.push(read(&mut input)?);
        input.skip(is_space);
        if input.is_empty() {
            break;
        }
        input.expect(b',')?;
        input.skip(is_space);
        if input.is_empty() {
            return None;
        }
    }
    Some(members)
}
