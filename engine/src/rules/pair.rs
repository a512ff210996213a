//! Comparisons of two fields.

use super::wire::Test;
use crate::signals::Value;
use alloc::borrow::Cow;
use memchr::memmem;

/// Whether a comparison holds of two values, each with whether its letters are made lower case first.
pub(super) fn holds(test: &Test, (a, a_lower): (Value<'_>, bool), (b, b_lower): (Value<'_>, bool)) -> bool {
    match (test, a, b) {
        (test, Value::Text(a), Value::Text(b)) => of_texts(test, &lowered(a, a_lower), &lowered(b, b_lower)),
        (Test::SameAs(_), a, b) => a == b,
        (Test::LessThan(_), Value::Int(a), Value::Int(b)) => a < b,
        _ => false,
    }
}

fn of_texts(test: &Test, a: &[u8], b: &[u8]) -> bool {
    match test {
        Test::SameAs(_) => a == b,
        Test::LessThan(_) => a < b,
        Test::StartsWith(_) => a.starts_with(b),
        Test::EndsWith(_) => a.ends_with(b),
        // Linear in both: a client may write both.
        Test::Contains(_) => memmem::find(a, b).is_some(),
        _ => false,
    }
}

fn lowered(text: &[u8], lower: bool) -> Cow<'_, [u8]> {
    if lower { text.to_ascii_lowercase().into() } else { text.into() }
}
