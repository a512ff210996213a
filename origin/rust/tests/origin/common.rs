//! What the tests share: where vectors are, and how they write bytes.

use base64ct::{Base64, Encoding};
use serde_json::Value;
use std::{fs, path::Path};

/// A file of `origin/vectors`.
pub(crate) fn vectors(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors").join(name);
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// Latin-1: a character is a byte.
pub(crate) fn bytes(text: &Value) -> Vec<u8> {
    text.as_str().unwrap().chars().map(|one| u8::try_from(u32::from(one)).unwrap()).collect()
}

/// Base64, or nothing.
pub(crate) fn decoded(text: &Value) -> Vec<u8> {
    Base64::decode_vec(text.as_str().unwrap_or_default()).unwrap()
}
