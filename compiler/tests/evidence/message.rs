//! A request as an origin sees it, and what it must make of it.

use base64ct::{Base64, Encoding};
use serde::{Serialize, Serializer};

pub(crate) const ABOUT: &str = "What an origin must make of evidence: `verified` with this risk, or `refused` for this reason. Header values and targets are Latin-1: a character is a byte. `now` is in seconds since 1970, `body` is base64. Made by `cargo test -p outwork-compiler --test evidence`; do not edit.";

#[derive(Serialize)]
pub(crate) struct Vectors {
    pub(crate) about: &'static str,
    pub(crate) keys: String,
    pub(crate) cases: Vec<Case>,
}

#[derive(Serialize)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) request: Message,
    pub(crate) now: u64,
    #[serde(skip_serializing_if = "Settings::is_default")]
    pub(crate) settings: Settings,
    #[serde(flatten)]
    pub(crate) expected: Expected,
}

/// Other settings than the verifier's own.
#[derive(Clone, Default, PartialEq, Serialize)]
pub(crate) struct Settings {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) skew: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_age: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) authority: Option<&'static str>,
}

impl Settings {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Expected {
    Verified(Box<Told>),
    Refused(&'static str),
}

/// The typed risk.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Told {
    pub(crate) risk: u8,
    pub(crate) band: String,
    pub(crate) verdict: String,
    pub(crate) device: Option<u8>,
    pub(crate) behaviour: Option<u8>,
    pub(crate) context: Option<u8>,
    pub(crate) window: String,
    pub(crate) confidence: f64,
    pub(crate) reasons: Vec<String>,
    pub(crate) agent: Option<String>,
    pub(crate) bundle: String,
    pub(crate) id: String,
    pub(crate) transaction: Option<String>,
    pub(crate) body: &'static str,
    pub(crate) demand: &'static str,
    pub(crate) enforced: bool,
}

/// A request as it arrives at the origin.
#[derive(Clone, PartialEq, Serialize)]
pub(crate) struct Message {
    pub(crate) method: String,
    pub(crate) scheme: &'static str,
    pub(crate) authority: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    #[serde(serialize_with = "base64", skip_serializing_if = "Vec::is_empty")]
    pub(crate) body: Vec<u8>,
}

impl Message {
    /// The values of a field, line by line.
    pub(crate) fn lines(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
    }

    pub(crate) fn push(&mut self, name: &str, value: &str) {
        self.headers.push((name.into(), value.into()));
    }

    /// The last line of a field, where ours stands.
    pub(crate) fn line(&mut self, name: &str) -> &mut String {
        self.headers.iter_mut().rev().find(|(known, _)| known == name).map(|(_, value)| value).unwrap()
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.headers.retain(|(known, _)| known != name);
    }
}

fn base64<S: Serializer>(body: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&Base64::encode_string(body))
}

/// Bytes as text of the same length: Latin-1.
pub(crate) fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// Text made of bytes, as bytes.
pub(crate) fn bytes(text: &str) -> Vec<u8> {
    text.chars().map(|one| u8::try_from(u32::from(one)).unwrap()).collect()
}
