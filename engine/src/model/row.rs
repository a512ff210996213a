//! What a model reads of one request: a value an input.

use crate::signals::{Reading, Value};

/// A value, as models take it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cell<'a> {
    /// A number, clamped to 0 to 65,535, or a truth as 0 or 1.
    Number(u16),
    /// A text, as the bytes that were sent.
    Text(&'a [u8]),
}

impl<'a> Cell<'a> {
    /// What a model takes of a reading; none of what is absent or unavailable, and of an address.
    pub fn of(reading: Reading<'a>) -> Option<Self> {
        match reading.known()? {
            Value::Bool(is) => Some(Self::Number(is.into())),
            Value::Int(number) => Some(Self::Number(clamp(number))),
            Value::Text(text) => Some(Self::Text(text)),
            Value::Address(_) => None,
        }
    }
}

fn clamp(number: i64) -> u16 {
    u16::try_from(number.max(0)).unwrap_or(u16::MAX)
}
