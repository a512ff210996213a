//! The keys that evidence is verified with: what `outwork keys evidence` prints.

use base64ct::{Base64Unpadded, Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit};
use sha2::Sha256;
use std::fmt;

/// The environment variable that holds them.
pub const VARIABLE: &str = "OUTWORK_EVIDENCE_KEYS";

const LEAST_BYTES: usize = 32;
const MOST_KEYS: usize = 16;

/// One or more keys: all of them verify, so that keys can be rotated with overlap.
#[derive(Clone)]
pub struct Keys {
    // INVARIANT: at least one, each with an id of its own.
    list: Vec<(String, Hmac<Sha256>)>,
}

impl Keys {
    /// Reads `evidence:id:base64[,…]`. A key without the mark is not taken: it may be the edge's own.
    ///
    /// # Errors
    /// Names the key by its place or id, never by its secret.
    pub fn parse(text: &str) -> Result<Self, KeysError> {
        let mut list = Vec::new();
        for (place, entry) in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()).enumerate() {
            let wrong = |what: &str| KeysError(format!("key {} in `{VARIABLE}` {what}", place + 1));
            let parts: Vec<&str> = entry.split(':').collect();
            let (id, secret) = match parts[..] {
                ["evidence", id, secret] => (id, secret),
                ["master", id, _] => return Err(another(id, "a host")),
                ["audit", id, _] => return Err(another(id, "records")),
                _ => {
                    return Err(wrong("is not of the form `evidence:id:base64`, as `outwork keys evidence` prints it"));
                }
            };
            if !is_key_id(id) {
                return Err(wrong("must have an id of 1 to 64 letters, digits, `-`, `_` or `.`"));
            }
            if list.iter().any(|(known, _)| known == id) {
                return Err(KeysError(format!("two keys in `{VARIABLE}` have the id `{id}`")));
            }
            list.push((id.to_owned(), mac(id, secret.trim())?));
        }
        match list.len() {
            0 => Err(KeysError(format!("no keys: set `{VARIABLE}` to what `outwork keys evidence` prints"))),
            1..=MOST_KEYS => Ok(Self { list }),
            _ => Err(KeysError(format!("more than {MOST_KEYS} keys in `{VARIABLE}`: retire the oldest"))),
        }
    }

    /// Those of the environment variable `OUTWORK_EVIDENCE_KEYS`.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn from_environment() -> Result<Self, KeysError> {
        Self::parse(&std::env::var(VARIABLE).unwrap_or_default())
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|(id, _)| id.as_str())
    }

    /// The MAC of the key with this id, ready to be fed.
    pub(crate) fn mac(&self, id: &str) -> Option<Hmac<Sha256>> {
        self.list.iter().find(|(known, _)| known == id).map(|(_, mac)| mac.clone())
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.ids()).finish()
    }
}

/// A key that `outwork keys` marks as one of another kind.
fn another(id: &str, whose: &str) -> KeysError {
    let id = id.get(..64).unwrap_or(id);
    KeysError(format!("`{id}` is a key of {whose}: origins get what `outwork keys evidence` prints"))
}

fn is_key_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

fn mac(id: &str, secret: &str) -> Result<Hmac<Sha256>, KeysError> {
    let wrong = || KeysError(format!("the secret of key `{id}` is not base64"));
    let secret = secret.trim_end_matches('=');
    let secret = Base64Unpadded::decode_vec(secret).or_else(|_| Base64UrlUnpadded::decode_vec(secret));
    let secret = secret.map_err(|_| wrong())?;
    if secret.len() < LEAST_BYTES {
        let bytes = secret.len();
        return Err(KeysError(format!("the secret of key `{id}` has {bytes} bytes, and needs {LEAST_BYTES} or more")));
    }
    Hmac::new_from_slice(&secret).map_err(|_| wrong())
}

/// Why the keys cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeysError(String);

impl fmt::Display for KeysError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for KeysError {}
