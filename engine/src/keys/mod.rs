//! The host's secrets: one master secret a key id, one derived key a purpose.
//!
//! `OUTWORK_KEYS` is `id:secret[,id:secret…]`, each secret 32 bytes or more in base64 (standard or URL alphabet,
//! padding optional), with or without `master:` before the id. The first key signs, all verify. Every purpose has its own key by HKDF-SHA-256 (RFC 5869) with a
//! label, so that no value made for one purpose means anything in another.

use alloc::{string::String, vec::Vec};
use base64ct::{Base64Unpadded, Base64UrlUnpadded, Encoding};
use core::{fmt, hash::Hasher};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use siphasher::sip128::{Hasher128, SipHasher24};

/// The fewest bytes a secret may have.
pub const MIN_SECRET_BYTES: usize = 32;

/// The most keys a ring may hold.
pub const MAX_KEYS: usize = 16;

const LABEL_AUDIT: &[u8] = b"outwork/v1/audit";
const LABEL_EVIDENCE: &[u8] = b"outwork/v1/evidence";
const LABEL_LIMIT: &[u8] = b"outwork/v1/limit-key";
const LABEL_PSEUDONYM: &[u8] = b"outwork/v1/pseudonym";
const LABEL_CANARY: &[u8] = b"outwork/v1/canary";
const LABEL_BEACON: &[u8] = b"outwork/v1/beacon";
const LABEL_CHALLENGE: &[u8] = b"outwork/v1/challenge";
const LABEL_SAMPLE: &[u8] = b"outwork/v1/sample";
const LABEL_MEMO: &[u8] = b"outwork/v1/memo";
const LABEL_HINT: &[u8] = b"outwork/v1/key-hint";

mod audit;
mod kind;

pub use audit::AuditKeys;
pub use kind::Kind;

/// The keys of one host, parsed and derived.
pub struct Keyring {
    // INVARIANT: at least one key; the first one signs.
    first: Key,
    rest: Vec<Key>,
}

struct Key {
    id: String,
    evidence: [u8; 32],
    evidence_mac: Hmac<Sha256>,
    audit: [u8; 32],
    audit_mac: Hmac<Sha256>,
    limit: [u8; 16],
    pseudonym: [u8; 16],
    canary: [u8; 16],
    session: [u8; 32],
    clearance: [u8; 32],
    beacon: [u8; 16],
    challenge: Hmac<Sha256>,
    memo: [u8; 16],
    sample: [u8; 16],
    hint: [u8; 4],
}

/// What a sealed cookie is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// It holds what was observed in a session.
    Session,
    /// It shows that a challenge was passed.
    Clearance,
}

impl Purpose {
    /// The label that its key is derived with, and that is authenticated with what is sealed.
    pub const fn label(self) -> &'static [u8] {
        match self {
            Self::Session => b"outwork/v1/session",
            Self::Clearance => b"outwork/v1/clearance",
        }
    }
}

/// Four bytes that say which key of a ring made something: no secret, and no proof.
pub type KeyHint = [u8; 4];

impl Keyring {
    /// Reads `id:base64[,id:base64…]`, each with or without the mark of [`Kind::Master`].
    ///
    /// # Errors
    /// Names the key by its place and id, never by its secret.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        if text.trim().is_empty() {
            return Err(KeyError::Missing);
        }
        let mut keys = Vec::new();
        for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            if keys.len() == MAX_KEYS {
                return Err(KeyError::TooMany { most: MAX_KEYS });
            }
            let key = Key::parse(entry, keys.len() + 1)?;
            if keys.iter().any(|known: &Key| known.id == key.id) {
                return Err(KeyError::Duplicate { id: key.id });
            }
            keys.push(key);
        }
        let mut keys = keys.into_iter();
        let first = keys.next().ok_or(KeyError::Missing)?;
        Ok(Self { first, rest: keys.collect() })
    }

    /// The id of the key that signs.
    pub fn signing_id(&self) -> &str {
        &self.first.id
    }

    /// A MAC over evidence for the origin, ready to be fed.
    pub fn evidence_mac(&self) -> Hmac<Sha256> {
        self.first.evidence_mac.clone()
    }

    /// The evidence MAC of key `id`, for verifiers.
    pub fn evidence_mac_of(&self, id: &str) -> Option<Hmac<Sha256>> {
        self.iter().find(|key| key.id == id).map(|key| key.evidence_mac.clone())
    }

    /// A MAC over a record, ready to be fed.
    pub fn audit_mac(&self) -> Hmac<Sha256> {
        self.first.audit_mac.clone()
    }

    /// The name of a chain of records, or of what chains are part of, made of random bytes that are shown elsewhere.
    pub fn chain_id(&self, what: &[u8], entropy: &[u8; 16]) -> u64 {
        let mut mac = self.audit_mac();
        // No record begins so.
        mac.update(what);
        mac.update(entropy);
        let [a, b, c, d, e, f, g, h, ..] = <[u8; 32]>::from(mac.finalize().into_bytes());
        u64::from_be_bytes([a, b, c, d, e, f, g, h])
    }

    /// The keys of evidence alone, as text: what an origin verifies with, in place of the masters. With one of them evidence
    /// can be made, too, and nothing else.
    pub fn evidence_keys(&self) -> String {
        let secret = |key: &Key| Base64UrlUnpadded::encode_string(&key.evidence);
        let entries = self.iter().map(|key| [Kind::Evidence.mark(), ":", &key.id, ":", &secret(key)].concat());
        entries.collect::<Vec<_>>().join(",")
    }

    /// A keyed hash under which a rate limit stores its word.
    pub fn limit_key(&self, parts: &[&[u8]]) -> u128 {
        keyed_hash(&self.first.limit, parts)
    }

    /// A keyed hash that stands for an address in records.
    pub fn pseudonym(&self, parts: &[&[u8]]) -> u128 {
        keyed_hash(&self.first.pseudonym, parts)
    }

    /// The same by every key, with the id of each.
    pub fn pseudonyms(&self, parts: &[&[u8]]) -> Vec<(&str, u128)> {
        self.iter().map(|key| (key.id.as_str(), keyed_hash(&key.pseudonym, parts))).collect()
    }

    /// A keyed hash that decides who is in a canary, as hundredths of a percent: 0 to 9,999.
    pub fn canary(&self, parts: &[&[u8]]) -> u16 {
        u16::try_from(keyed_hash(&self.first.canary, parts) % 10_000).unwrap_or(0)
    }

    /// Whether what is named so is among the so many in a thousand that are kept.
    pub fn samples(&self, name: &[u8], thousandths: u16) -> bool {
        keyed_hash(&self.first.sample, &[name]) % 1_000 < u128::from(thousandths)
    }

    /// The key that seals cookies of a purpose, and its hint.
    pub fn sealing_key(&self, purpose: Purpose) -> (KeyHint, &[u8; 32]) {
        (self.first.hint, self.first.sealing(purpose))
    }

    /// The key that sealed a cookie of a purpose, by its hint.
    pub fn sealing_key_of(&self, purpose: Purpose, hint: KeyHint) -> Option<&[u8; 32]> {
        self.hinted(hint).map(|key| key.sealing(purpose))
    }

    /// The keys under which the page of this session may send batches: the newest first.
    pub fn beacon_keys(&self, session: &[u8; 16]) -> impl Iterator<Item = [u8; 16]> {
        self.iter().map(|key| keyed_hash(&key.beacon, &[session]).to_le_bytes())
    }

    /// A MAC over a challenge, ready to be fed, and its key's hint.
    pub fn challenge_mac(&self) -> (KeyHint, Hmac<Sha256>) {
        (self.first.hint, self.first.challenge.clone())
    }

    /// The challenge MAC of the key with this hint.
    pub fn challenge_mac_of(&self, hint: KeyHint) -> Option<Hmac<Sha256>> {
        self.hinted(hint).map(|key| key.challenge.clone())
    }

    /// A keyed hash under which an endpoint keeps a word.
    pub fn memo_key(&self, parts: &[&[u8]]) -> u128 {
        keyed_hash(&self.first.memo, parts)
    }

    fn hinted(&self, hint: KeyHint) -> Option<&Key> {
        self.iter().find(|key| key.hint == hint)
    }

    fn iter(&self) -> impl Iterator<Item = &Key> {
        core::iter::once(&self.first).chain(&self.rest)
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(|key| &key.id)).finish()
    }
}

impl Key {
    fn parse(entry: &str, place: usize) -> Result<Self, KeyError> {
        let (id, secret) = kind::parts(entry, place, Kind::Master)?;
        if secret.len() < MIN_SECRET_BYTES {
            return Err(KeyError::Short { id: id.into(), bytes: secret.len() });
        }
        Self::derive(id, &secret).ok_or_else(|| KeyError::Encoding { id: id.into() })
    }

    fn sealing(&self, purpose: Purpose) -> &[u8; 32] {
        match purpose {
            Purpose::Session => &self.session,
            Purpose::Clearance => &self.clearance,
        }
    }

    fn derive(id: &str, secret: &[u8]) -> Option<Self> {
        let master = Hkdf::<Sha256>::new(None, secret);
        let mut evidence = [0; 32];
        master.expand(LABEL_EVIDENCE, &mut evidence).ok()?;
        let mut audit = [0; 32];
        master.expand(LABEL_AUDIT, &mut audit).ok()?;
        let (mut session, mut clearance, mut challenge, mut hint) = ([0; 32], [0; 32], [0; 32], [0; 4]);
        master.expand(Purpose::Session.label(), &mut session).ok()?;
        master.expand(Purpose::Clearance.label(), &mut clearance).ok()?;
        master.expand(LABEL_CHALLENGE, &mut challenge).ok()?;
        master.expand(LABEL_HINT, &mut hint).ok()?;
        let half = |label| {
            let mut key = [0; 16];
            master.expand(label, &mut key).ok().map(|()| key)
        };
        Some(Self {
            id: id.into(),
            evidence,
            evidence_mac: Hmac::new_from_slice(&evidence).ok()?,
            audit,
            audit_mac: Hmac::new_from_slice(&audit).ok()?,
            limit: half(LABEL_LIMIT)?,
            pseudonym: half(LABEL_PSEUDONYM)?,
            canary: half(LABEL_CANARY)?,
            session,
            clearance,
            beacon: half(LABEL_BEACON)?,
            challenge: Hmac::new_from_slice(&challenge).ok()?,
            memo: half(LABEL_MEMO)?,
            sample: half(LABEL_SAMPLE)?,
            hint,
        })
    }
}

/// Key ids go into structured field strings and logs: a short plain alphabet keeps them unambiguous there.
fn is_key_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

fn decode(secret: &str) -> Option<Vec<u8>> {
    let secret = secret.trim_end_matches('=');
    Base64Unpadded::decode_vec(secret).or_else(|_| Base64UrlUnpadded::decode_vec(secret)).ok()
}

/// SipHash-2-4 with 128 bits out: a keyed pseudorandom function that costs tens of nanoseconds. Parts are framed by
/// their length, so that ("ab", "c") and ("a", "bc") differ.
fn keyed_hash(key: &[u8; 16], parts: &[&[u8]]) -> u128 {
    let mut hasher = SipHasher24::new_with_key(key);
    for part in parts {
        hasher.write_u32(u32::try_from(part.len()).unwrap_or(u32::MAX));
        hasher.write(part);
    }
    hasher.finish128().as_u128()
}

/// Why `OUTWORK_KEYS` cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// The variable is missing or empty.
    Missing,
    /// More keys than a list may have.
    TooMany {
        /// How many there may be.
        most: usize,
    },
    /// An entry has no colon.
    Malformed {
        /// Its place in the list, from 1.
        place: usize,
    },
    /// An id is empty, longer than 64 characters, or has other characters than letters, digits, `-`, `_`, `.`.
    Id {
        /// Its place in the list, from 1.
        place: usize,
    },
    /// A secret is not base64.
    Encoding {
        /// The id of its key.
        id: String,
    },
    /// A secret has fewer than [`MIN_SECRET_BYTES`] bytes.
    Short {
        /// The id of its key.
        id: String,
        /// How many bytes it has.
        bytes: usize,
    },
    /// A key says that it is of another kind.
    Kind {
        /// Its id.
        id: String,
        /// What it is.
        is: Kind,
        /// What it would have to be.
        wanted: Kind,
    },
    /// A key does not say of which kind it is, where it has to.
    Unmarked {
        /// Its place in the list, from 1.
        place: usize,
        /// What it would have to be.
        wanted: Kind,
    },
    /// Two keys have one id.
    Duplicate {
        /// That id.
        id: String,
    },
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => {
                f.write_str("no keys: set `OUTWORK_KEYS` to `id:base64` with a secret of 32 bytes or more")
            }
            Self::TooMany { most } => write!(f, "more than {most} keys in one list: retire the oldest"),
            Self::Kind { id, is, wanted } => {
                let (is, holder, command) = (is.what(), wanted.holder(), wanted.command());
                write!(f, "key `{id}` is {is}: {holder} gets what `outwork keys {command}` prints")
            }
            Self::Unmarked { place, wanted } => {
                let (mark, holder, command) = (wanted.mark(), wanted.holder(), wanted.command());
                write!(
                    f,
                    "key {place} is not of the form `{mark}:id:base64`: {holder} gets what `outwork keys {command}` prints"
                )
            }
            Self::Malformed { place } => write!(f, "key {place} in `OUTWORK_KEYS` is not of the form `id:base64`"),
            Self::Id { place } => {
                write!(f, "the id of key {place} in `OUTWORK_KEYS` must be 1 to 64 letters, digits, `-`, `_` or `.`")
            }
            Self::Encoding { id } => write!(f, "the secret of key `{id}` is not base64"),
            Self::Short { id, bytes } => {
                write!(f, "the secret of key `{id}` has {bytes} bytes, and needs {MIN_SECRET_BYTES} or more")
            }
            Self::Duplicate { id } => write!(f, "two keys in `OUTWORK_KEYS` have the id `{id}`"),
        }
    }
}

impl core::error::Error for KeyError {}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::ToString};

    const SECRET: &str = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE";

    #[test]
    fn both_alphabets_and_any_padding_are_read() {
        for secret in [SECRET.to_string(), format!("{SECRET}="), "_-".repeat(22), "/+".repeat(22)] {
            assert!(Keyring::parse(&format!("a:{secret}")).is_ok(), "{secret}");
        }
        assert_eq!(Keyring::parse(&format!(" b:{SECRET} , a:{SECRET}, ")).unwrap().signing_id(), "b");
    }

    #[test]
    fn each_mistake_is_named_and_no_secret_is_repeated() {
        let cases = [
            ("", "no keys: set"),
            ("QUFB", "key 1 in `OUTWORK_KEYS` is not of the form"),
            ("a b:QUFB", "the id of key 1"),
            ("a:QUFB", "the secret of key `a` has 3 bytes, and needs 32 or more"),
            ("a:Q*FB", "the secret of key `a` is not base64"),
        ];
        for (text, expected) in cases {
            let message = Keyring::parse(text).unwrap_err().to_string();
            assert!(message.starts_with(expected), "{message}");
            assert!(!message.contains("QUFB") && !message.contains("Q*FB"), "{message}");
        }
        let twice = format!("a:{SECRET},a:{SECRET}");
        assert_eq!(Keyring::parse(&twice).unwrap_err(), KeyError::Duplicate { id: "a".into() });
        let many =
            format!("a:{SECRET},").repeat(1) + &(0..MAX_KEYS).map(|n| format!("k{n}:{SECRET},")).collect::<String>();
        assert_eq!(Keyring::parse(&many).unwrap_err(), KeyError::TooMany { most: MAX_KEYS });
    }

    #[test]
    fn a_key_of_another_kind_is_named_and_refused() {
        assert_eq!(Keyring::parse(&format!("master:a:{SECRET},b:{SECRET}")).unwrap().signing_id(), "a");
        let keys = Keyring::parse(&format!("master:a:{SECRET}")).unwrap();
        let audit = AuditKeys::of(&keys).write();
        let cases = [
            (audit.as_str(), "key `a` is one of records: a host gets what `outwork keys new` prints"),
            ("evidence:a:QUFB", "key `a` is one of evidence: a host gets what `outwork keys new` prints"),
            ("other:a:QUFB", "key 1 in `OUTWORK_KEYS` is not of the form"),
        ];
        for (text, expected) in cases {
            let message = Keyring::parse(text).unwrap_err().to_string();
            assert!(message.starts_with(expected), "{message}");
        }
        let message = AuditKeys::parse(&format!("master:a:{SECRET}")).unwrap_err().to_string();
        assert_eq!(message, "key `a` is a host's own: who verifies records gets what `outwork keys audit` prints");
        let message = AuditKeys::parse(&format!("{audit}\na:{SECRET}")).unwrap_err().to_string();
        assert_eq!(
            message,
            "key 2 is not of the form `audit:id:base64`: who verifies records gets what `outwork keys audit` prints"
        );
    }

    #[test]
    fn keys_of_records_are_gathered_over_the_years() {
        let ring = |text: &str| AuditKeys::of(&Keyring::parse(text).unwrap()).write();
        let (first, second) = (format!("a:{SECRET}"), format!("b:{SECRET},a:{SECRET}"));
        let gathered = format!("{}\n{}\n", ring(&first), ring(&second));
        let keys = AuditKeys::parse(&gathered).unwrap();
        assert!(keys.mac_of("a").is_some() && keys.mac_of("b").is_some());
        let unlike = format!("{}\n{}", ring(&first), ring(&format!("a:{SECRET}AAAA")));
        assert_eq!(AuditKeys::parse(&unlike).unwrap_err(), KeyError::Duplicate { id: "a".into() });
    }

    #[test]
    fn every_purpose_has_its_own_key_and_parts_are_framed() {
        let keys = Keyring::parse(&format!("a:{SECRET}")).unwrap();
        assert_ne!(keys.limit_key(&[b"x"]), keys.pseudonym(&[b"x"]));
        assert_ne!(keys.limit_key(&[b"ab", b"c"]), keys.limit_key(&[b"a", b"bc"]));
        assert_eq!(keys.limit_key(&[b"x"]), keys.limit_key(&[b"x"]));
    }
}
