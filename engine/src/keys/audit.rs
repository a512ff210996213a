//! The keys of records alone: who verifies a log needs no master secret.

use super::{KeyError, Keyring, MAX_KEYS, decode, is_key_id};
use alloc::{string::String, vec::Vec};
use base64ct::{Base64UrlUnpadded, Encoding};
use core::fmt;
use hmac::{Hmac, KeyInit};
use sha2::Sha256;

/// The keys that MACs of records are made with. With one of them records can be made as well as verified.
pub struct AuditKeys(Vec<AuditKey>);

struct AuditKey {
    id: String,
    secret: [u8; 32],
    mac: Hmac<Sha256>,
}

impl AuditKeys {
    /// Those of a ring.
    pub fn of(keys: &Keyring) -> Self {
        let one = |key: &super::Key| AuditKey { id: key.id.clone(), secret: key.audit, mac: key.audit_mac.clone() };
        Self(keys.iter().map(one).collect())
    }

    /// Reads what [`Self::write`] wrote: `id:base64[,id:base64…]`, or one a line.
    ///
    /// # Errors
    /// Names the key by its place and id, never by its secret.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut keys: Vec<AuditKey> = Vec::new();
        for entry in text.split([',', '\n']).map(str::trim).filter(|entry| !entry.is_empty()) {
            if keys.len() == MAX_KEYS {
                return Err(KeyError::TooMany);
            }
            let key = AuditKey::parse(entry, keys.len() + 1)?;
            if keys.iter().any(|known| known.id == key.id) {
                return Err(KeyError::Duplicate { id: key.id });
            }
            keys.push(key);
        }
        if keys.is_empty() { Err(KeyError::Missing) } else { Ok(Self(keys)) }
    }

    /// The keys as text: secrets, though not the masters.
    pub fn write(&self) -> String {
        let entries = self.0.iter().map(|key| [&key.id, ":", &Base64UrlUnpadded::encode_string(&key.secret)].concat());
        entries.collect::<Vec<_>>().join(",")
    }

    /// The MAC of key `id`, ready to be fed.
    pub fn mac_of(&self, id: &str) -> Option<Hmac<Sha256>> {
        self.0.iter().find(|key| key.id == id).map(|key| key.mac.clone())
    }
}

impl fmt::Debug for AuditKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|key| &key.id)).finish()
    }
}

impl AuditKey {
    fn parse(entry: &str, place: usize) -> Result<Self, KeyError> {
        let (id, secret) = entry.split_once(':').ok_or(KeyError::Malformed { place })?;
        if !is_key_id(id) {
            return Err(KeyError::Id { place });
        }
        let secret = decode(secret.trim()).ok_or_else(|| KeyError::Encoding { id: id.into() })?;
        let short = |secret: &Vec<u8>| KeyError::Short { id: id.into(), bytes: secret.len() };
        let secret: [u8; 32] = secret.try_into().map_err(|secret| short(&secret))?;
        let mac = Hmac::new_from_slice(&secret).map_err(|_| KeyError::Encoding { id: id.into() })?;
        Ok(Self { id: id.into(), secret, mac })
    }
}
