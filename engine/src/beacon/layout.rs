//! The blob's layout, shared by [`super::open`] and [`super::Batch::write`].
//!
//! ```text
//! u8 version = 1 | u16 environment | u32 sequence | u48 clock | varint count | events | 16 bytes of MAC
//! event: u8 kind and flags | [varint coalesced] | varint after | what its kind has
//! ```
//!
//! Integers are little-endian, varints LEB128 of 32 bits, signed ones in zigzag. The MAC is SipHash-2-4 with 128 bits out,
//! over all bytes before it.

use core::hash::Hasher;
use siphasher::sip128::{Hasher128, SipHasher24};

pub(super) const MAC_BYTES: usize = 16;

/// The low four bits of an event's first byte.
pub(super) const KIND: u8 = 0x0F;
pub(super) const UNTRUSTED: u8 = 0x10;
pub(super) const FRACTIONAL: u8 = 0x20;
pub(super) const DISAGREES: u8 = 0x40;
pub(super) const COALESCED: u8 = 0x80;

/// An offset that is not known.
pub(super) const NO_OFFSET: i8 = i8::MIN;

pub(super) fn mac(key: &[u8; 16], bytes: &[u8]) -> [u8; MAC_BYTES] {
    let mut hasher = SipHasher24::new_with_key(key);
    hasher.write(bytes);
    hasher.finish128().as_u128().to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first two of the vectors that SipHash's authors publish for 128 bits (`vectors_sip128`).
    #[test]
    fn the_mac_is_the_published_function() {
        let key: [u8; 16] = core::array::from_fn(|at| u8::try_from(at).unwrap());
        let empty = [0xA3, 0x81, 0x7F, 0x04, 0xBA, 0x25, 0xA8, 0xE6, 0x6D, 0xF6, 0x72, 0x14, 0xC7, 0x55, 0x02, 0x93];
        assert_eq!(mac(&key, &[]), empty);
        let one = [0xDA, 0x87, 0xC1, 0xD8, 0x6B, 0x99, 0xAF, 0x44, 0x34, 0x76, 0x59, 0x11, 0x9B, 0x22, 0xFC, 0x45];
        assert_eq!(mac(&key, &[0]), one);
    }
}
