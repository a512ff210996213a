//! An agent's public key: Ed25519 (RFC 8032), named by its thumbprint (RFC 7638, RFC 8037).

use base64ct::{Base64UrlUnpadded, Encoding};
use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A public key that may verify signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// The key.
    pub public: [u8; 32],
    /// Its thumbprint.
    pub thumbprint: [u8; 32],
    /// From when on it is good, in seconds since 1970.
    pub from: u64,
    /// Until when.
    pub until: u64,
}

/// Keys whose secrets are published: RFC 9421, B.1.4 (also those of the draft), RFC 8037, A.1 (RFC 8032, 7.1, test 1), and the other tests
/// of RFC 8032, 7.1.
const PUBLISHED: [&str; 5] = [
    "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs",
    "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw",
    "_FHNjmIYoaONpH7QAjDwWAgW7RO6MwOsXeuRFUiQgCU",
    "7BcrCT4F6zv0teayRDX-Gcf-Ivcbt5NyjIl6O7gCmr8",
];

impl Key {
    /// A key without a term; none of bytes by which anybody could sign.
    pub fn new(public: [u8; 32]) -> Option<Self> {
        let is_sound = VerifyingKey::from_bytes(&public).is_ok_and(|key| !key.is_weak());
        is_sound.then(|| Self { public, thumbprint: thumbprint(&public), from: 0, until: u64::MAX })
    }

    /// Whether it is good at an instant.
    pub fn is_good(&self, seconds: u64) -> bool {
        (self.from..self.until).contains(&seconds)
    }

    /// Whether everybody knows its secret.
    pub fn is_published(&self) -> bool {
        is_published(&self.public)
    }

    /// Whether it signed a message. Strict: a signature has one form, and no other key fits it (RFC 8032, 5.1.7, and points
    /// of small order refused).
    pub fn signed(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        VerifyingKey::from_bytes(&self.public)
            .is_ok_and(|key| key.verify_strict(message, &Signature::from_bytes(signature)).is_ok())
    }
}

/// Whether everybody knows a key's secret.
pub fn is_published(public: &[u8; 32]) -> bool {
    let mut text = [0; 43];
    Base64UrlUnpadded::encode(public, &mut text).is_ok_and(|text| PUBLISHED.contains(&text))
}

/// The SHA-256 of the key as a JWK with the members that it must have, in the order of their names.
pub fn thumbprint(public: &[u8; 32]) -> [u8; 32] {
    let mut text = [0; 43];
    let x = Base64UrlUnpadded::encode(public, &mut text).unwrap_or_default();
    let mut hash = Sha256::new();
    hash.update(br#"{"crv":"Ed25519","kty":"OKP","x":""#);
    hash.update(x.as_bytes());
    hash.update(br#""}"#);
    hash.finalize().into()
}

/// The thumbprint that a key's id is; none where it is none.
pub fn key_id(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    let length = Base64UrlUnpadded::decode(text, &mut bytes).ok()?.len();
    (length == bytes.len()).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> [u8; 32] {
        key_id(text).unwrap()
    }

    #[test]
    fn a_thumbprint_is_that_of_the_standard() {
        // RFC 8037, A.3, and draft-ietf-webbotauth-httpsig-protocol.
        for (public, expected) in [
            ("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"),
            ("JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs", "poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U"),
        ] {
            let key = Key::new(bytes(public)).unwrap();
            assert_eq!(key.thumbprint, bytes(expected));
            assert!(key.is_published());
        }
    }

    #[test]
    fn points_of_small_order_are_no_keys() {
        let mut one = [0; 32];
        one[0] = 1;
        for weak in [[0; 32], one] {
            assert_eq!(Key::new(weak), None);
        }
    }

    #[test]
    fn published_keys_are_keys() {
        assert!(PUBLISHED.iter().all(|text| Key::new(bytes(text)).is_some_and(|key| key.is_published())));
    }
}
