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

/// Keys whose secrets are published: RFC 8032, 7.1, 7.2 and 7.3 (also RFC 8037, A.1); RFC 9421, B.1.4, which the drafts use; RFC 8410, 10.3.
const PUBLISHED: [&str; 9] = [
    "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw",
    "_FHNjmIYoaONpH7QAjDwWAgW7RO6MwOsXeuRFUiQgCU",
    "J4EX_BRMcjQPZ9DyMW6Dhs7_vyskKMnFH-98WX8dQm4",
    "7Bcrk61eVjv0kyxw4SRQNMNUZ-8u_U1k6_gZaDRn4r8",
    "38lCXk-Wj38MKfAlnPX5rtaFHCu0rYv7hgz-4KskgpI",
    "Dx0SdJQ7kUFYiRUuiT2A6TJ1ofwLZf1xtLDdoQrX13I",
    "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs",
    "Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE",
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
    use ed25519_dalek::SigningKey;

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

    /// The secrets, as the standards print them.
    const SECRETS: [(&str, &str); 9] = [
        ("RFC 8032, 7.1, TEST 1", "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"),
        ("RFC 8032, 7.1, TEST 2", "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"),
        ("RFC 8032, 7.1, TEST 3", "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"),
        ("RFC 8032, 7.1, TEST 1024", "f5e5767cf153319517630f226876b86c8160cc583bc013744c6bf255f5cc0ee5"),
        ("RFC 8032, 7.1, TEST SHA(abc), and 7.3", "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42"),
        ("RFC 8032, 7.2, foo, bar and foo2", "0305334e381af78f141cb666f6199f57bc3495335a256a95bd2a55bf546663f6"),
        ("RFC 8032, 7.2, foo3", "ab9c2853ce297ddab85c993b3ae14bcad39b2c682beabc27d6d4eb20711d6560"),
        ("RFC 9421, B.1.4", "9f8362f87a484a954e6e740c5b4c0e84229139a20aa8ab56ff66586f6a7d29c5"),
        ("RFC 8410, 10.3", "d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842"),
    ];

    #[test]
    fn every_published_secret_is_known_by_its_key() {
        for ((source, secret), listed) in SECRETS.into_iter().zip(PUBLISHED) {
            let byte = |at| u8::from_str_radix(&secret[2 * at..2 * at + 2], 16).unwrap();
            let public = SigningKey::from_bytes(&core::array::from_fn(byte)).verifying_key().to_bytes();
            assert_eq!(bytes(listed), public, "{source}");
            assert!(Key::new(public).is_some_and(|key| key.is_published()), "{source}");
        }
    }
}
