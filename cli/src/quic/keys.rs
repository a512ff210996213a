use aes_gcm::aead::{Aead, Payload};
use aes_gcm::aes::Aes128;
use aes_gcm::aes::cipher::{Array, BlockCipherEncrypt};
use aes_gcm::{Aes128Gcm, KeyInit};
use hkdf::Hkdf;
use sha2::Sha256;

use super::packet::{Initial, Version};

/// RFC 9001 section 5.2.
const SALT_V1: [u8; 20] = [
    0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f,
    0x0a,
];
/// RFC 9369 section 3.3.1.
const SALT_V2: [u8; 20] = [
    0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93, 0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e,
    0xd9,
];
/// draft-ietf-quic-tls-29 section 5.2.
const SALT_DRAFT29: [u8; 20] = [
    0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97, 0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90, 0xa8,
    0x99,
];

/// What protects a client's Initial packets.
pub(super) struct Keys {
    key: [u8; 16],
    iv: [u8; 12],
    header: [u8; 16],
}

impl Keys {
    /// The keys of a client that sent its first packet to the connection id `destination`.
    pub(super) fn derive(version: Version, destination: &[u8]) -> Option<Self> {
        let (salt, [key, iv, header]) = match version {
            Version::V1 => (SALT_V1, ["quic key", "quic iv", "quic hp"]),
            Version::V2 => (SALT_V2, ["quicv2 key", "quicv2 iv", "quicv2 hp"]),
            Version::Draft29 => (SALT_DRAFT29, ["quic key", "quic iv", "quic hp"]),
        };
        let initial = Hkdf::<Sha256>::new(Some(&salt), destination);
        let client = Hkdf::<Sha256>::from_prk(&expand::<32>(&initial, "client in")?).ok()?;
        Some(Self { key: expand(&client, key)?, iv: expand(&client, iv)?, header: expand(&client, header)? })
    }

    /// The frames in a packet, if it is under these keys.
    pub(super) fn open(&self, initial: &Initial<'_>) -> Option<Vec<u8>> {
        let (clear, number) = self.unprotect(initial)?;
        let sealed = initial.bytes.get(clear.len()..)?;
        let mut nonce = self.iv;
        for (byte, number) in nonce.iter_mut().rev().zip(number.to_be_bytes().iter().rev()) {
            *byte ^= number;
        }
        let cipher = Aes128Gcm::new(&self.key.into());
        cipher.decrypt(&nonce.into(), Payload { msg: sealed, aad: &clear }).ok()
    }

    /// The header without its protection (RFC 9001 section 5.4), and the packet number. A client's first packets
    /// have numbers so small that they are never cut short.
    fn unprotect(&self, initial: &Initial<'_>) -> Option<(Vec<u8>, u32)> {
        let sample = initial.bytes.get(initial.number_at.checked_add(4)?..)?.first_chunk::<16>()?;
        let mut mask = Array::from(*sample);
        Aes128::new(&self.header.into()).encrypt_block(&mut mask);
        let [first_mask, number_mask @ ..] = mask.0;
        let mut clear = initial.bytes.get(..initial.number_at)?.to_vec();
        let first = clear.first_mut()?;
        *first ^= first_mask & 0x0f;
        let length = usize::from(*first & 3).checked_add(1)?;
        let protected = initial.bytes.get(initial.number_at..)?.get(..length)?;
        let number: Vec<u8> = protected.iter().zip(number_mask).map(|(byte, mask)| byte ^ mask).collect();
        clear.extend_from_slice(&number);
        Some((clear, number.iter().fold(0, |value, byte| value << 8 | u32::from(*byte))))
    }
}

/// HKDF-Expand-Label of TLS 1.3 (RFC 8446 section 7.1), without context.
fn expand<const N: usize>(secret: &Hkdf<Sha256>, label: &str) -> Option<[u8; N]> {
    let label = [b"tls13 ", label.as_bytes()].concat();
    let mut info = u16::try_from(N).ok()?.to_be_bytes().to_vec();
    info.push(u8::try_from(label.len()).ok()?);
    info.extend_from_slice(&label);
    info.push(0);
    let mut okm = [0; N];
    secret.expand(&info, &mut okm).ok()?;
    Some(okm)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The connection id of both RFCs' examples.
    const ID: [u8; 8] = [0x83, 0x94, 0xc8, 0xf0, 0x3e, 0x51, 0x57, 0x08];

    fn derived(version: Version) -> [String; 3] {
        let keys = Keys::derive(version, &ID).unwrap();
        [&keys.key[..], &keys.iv[..], &keys.header[..]].map(|bytes| bytes.iter().map(|b| format!("{b:02x}")).collect())
    }

    #[test]
    fn version_1_has_the_keys_of_rfc_9001_appendix_a_1() {
        let expected =
            ["1f369613dd76d5467730efcbe3b1a22d", "fa044b2f42a3fd3b46fb255c", "9f50449e04a0e810283a1e9933adedd2"];
        assert_eq!(derived(Version::V1), expected);
    }

    #[test]
    fn version_2_has_the_keys_of_rfc_9369_appendix_a_1() {
        let expected =
            ["8b1a0bc121284290a29e0971b5cd045d", "91f73e2351d8fa91660e909f", "45b95e15235d6f45a6b19cbcb0294ba9"];
        assert_eq!(derived(Version::V2), expected);
    }
}
