//! The keys of records alone: who verifies a log needs no master secret.

use super::{KeyError, Keyring, Kind, kind};
use alloc::{string::String, vec::Vec};
use base64ct::{Base64UrlUnpadded, Encoding};
use core::fmt;
use hmac::{Hmac, KeyInit};
use sha2::Sha256;

/// The most keys of records that are read: records outlive the keys of their hosts by years.
const MAX_AUDIT_KEYS: usize = 256;

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

    /// Reads what [`Self::write`] wrote, `audit:id:base64[,audit:id:base64…]`, or one a line. A key may stand there twice, so that what is written at each rotation can be gathered in one file.
    ///
    /// # Errors
    /// Names the key by its place and id, never by its secret.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut keys: Vec<AuditKey> = Vec::new();
        for entry in text.split([',', '\n']).map(str::trim).filter(|entry| !entry.is_empty()) {
            let key = AuditKey::parse(entry, keys.len() + 1)?;
            match keys.iter().find(|known| known.id == key.id) {
                Some(known) if known.secret == key.secret => {}
                Some(_) => return Err(KeyError::Duplicate { id: key.id }),
                None if keys.len() == MAX_AUDIT_KEYS => return Err(KeyError::TooMany { most: MAX_AUDIT_KEYS }),
                None => keys.push(key),
            }
        }
        if keys.is_empty() { Err(KeyError::Missing) } else { Ok(Self(keys)) }
    }

    /// The keys as text: secrets, though not the masters.
    pub fn write(&self) -> String {
        let secret = |key: &AuditKey| Base64UrlUnpadded::encode_string(&key.secret);
        let entries = self.0.iter().map(|key| [Kind::Audit.mark(), ":", &key.id, ":", &secret(key)].concat());
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
        let (id, secret) = kind::parts(entry, place, Kind::Audit)?;
        let short = |secret: &Vec<u8>| KeyError::Short { id: id.into(), bytes: secret.len() };
        let secret: [u8; 32] = secret.try_into().map_err(|secret| short(&secret))?;
        let mac = Hmac::new_from_slice(&secret).map_err(|_| KeyError::Encoding { id: id.into() })?;
        Ok(Self { id: id.into(), secret, mac })
    }
}
