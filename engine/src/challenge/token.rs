//! The text of a challenge: all that its check needs, so that nothing is stored when one is issued.
//!
//! `base64url(version | key hint (4) | issued (4, seconds) | bits | band | wait (2, seconds) | random (16) | device (8) |
//! network (8) | target (8) | MAC (16))`, numbers little-endian: 69 bytes, 92 characters. The MAC is HMAC-SHA-256, cut to
//! 128 bits (RFC 2104, section 5), over all before it and the authority. Device, network and target are each 64 bits of
//! HMAC-SHA-256 over the random bytes and what they stand for: they tell nobody without the key whose challenge it is, two
//! challenges of one client have nothing in common, and still a check can say which of them does not fit.

use crate::{
    identity::Prefix,
    keys::{KeyHint, Keyring},
    time::Time,
};
use alloc::{string::String, vec::Vec};
use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// The length of a challenge, in characters.
pub const LENGTH: usize = 92;

const VERSION: u8 = 1;
const MAC_BYTES: usize = 16;
const BYTES: usize = 1 + 4 + 4 + 1 + 1 + 2 + 16 + 8 + 8 + 8 + MAC_BYTES;

/// Who a challenge is for.
#[derive(Clone, Copy, Debug)]
pub struct Client<'a> {
    /// [`identity::fingerprint`](crate::identity::fingerprint) of the device: the same under every key.
    pub device: u64,
    /// The part of the address that stands for one client; none where the host does not know it.
    pub network: Option<Prefix>,
    /// `Host` or `:authority` as sent; its letters count as lower case.
    pub authority: &'a [u8],
}

/// A challenge, read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) hint: KeyHint,
    /// The second since 1970 in which it was issued.
    pub(super) issued: u32,
    pub(super) bits: u8,
    pub(super) band: u8,
    pub(super) wait: u16,
    pub(super) random: [u8; 16],
    pub(super) device: [u8; 8],
    pub(super) network: [u8; 8],
    pub(super) target: [u8; 8],
}

/// The key that a challenge was or will be sealed with.
pub(super) struct Sealer(pub(super) Hmac<Sha256>);

/// What a MAC is over: it stands first, so that none means anything in the place of another.
#[derive(Clone, Copy)]
pub(super) enum Part {
    Challenge = 0,
    Device = 1,
    Network = 2,
    Target = 3,
    Spent = 4,
}

impl Token {
    /// The text, sealed.
    pub(super) fn write(&self, sealer: &Sealer, authority: &[u8]) -> String {
        let mut bytes = Vec::with_capacity(BYTES);
        bytes.push(VERSION);
        bytes.extend(self.hint);
        bytes.extend(self.issued.to_le_bytes());
        bytes.extend([self.bits, self.band]);
        bytes.extend(self.wait.to_le_bytes());
        bytes.extend(self.random);
        bytes.extend(self.device);
        bytes.extend(self.network);
        bytes.extend(self.target);
        let mac: [u8; MAC_BYTES] = sealer.cut(seal(sealer, &bytes, authority));
        bytes.extend(mac);
        Base64UrlUnpadded::encode_string(&bytes)
    }

    /// Reads a text and finds the key that it names. Nothing of it is believed until [`Self::is_sealed`] holds.
    pub(super) fn read(text: &[u8]) -> Option<(Self, [u8; BYTES])> {
        if text.len() != LENGTH {
            return None;
        }
        let mut bytes = [0; BYTES];
        Base64UrlUnpadded::decode(text, &mut bytes).ok()?;
        let mut rest = bytes.as_slice();
        let [version] = take(&mut rest)?;
        if version != VERSION {
            return None;
        }
        let hint = take(&mut rest)?;
        let issued = u32::from_le_bytes(take(&mut rest)?);
        let [bits, band] = take(&mut rest)?;
        let wait = u16::from_le_bytes(take(&mut rest)?);
        let (random, device, network) = (take(&mut rest)?, take(&mut rest)?, take(&mut rest)?);
        let target = take(&mut rest)?;
        Some((Self { hint, issued, bits, band, wait, random, device, network, target }, bytes))
    }

    /// Whether the bytes that were read were sealed with this key, at this site; in constant time.
    pub(super) fn is_sealed(bytes: &[u8; BYTES], sealer: &Sealer, authority: &[u8]) -> bool {
        let parts = bytes.split_last_chunk::<MAC_BYTES>();
        parts.is_some_and(|(body, mac)| seal(sealer, body, authority).verify_truncated_left(mac).is_ok())
    }

    /// When it was issued.
    pub(super) fn issued(&self) -> Time {
        Time::from_seconds(u64::from(self.issued))
    }
}

impl Sealer {
    /// The key that signs, with its hint.
    pub(super) fn first(keys: &Keyring) -> (KeyHint, Self) {
        let (hint, mac) = keys.challenge_mac();
        (hint, Self(mac))
    }

    /// The key with this hint.
    pub(super) fn of(keys: &Keyring, hint: KeyHint) -> Option<Self> {
        keys.challenge_mac_of(hint).map(Self)
    }

    /// The tag of a part of one challenge.
    pub(super) fn tag<const N: usize>(&self, part: Part, random: &[u8; 16], value: &[u8]) -> [u8; N] {
        self.cut(self.feed(part, random, value))
    }

    /// Whether this is the tag, in constant time.
    pub(super) fn is_tag(&self, tag: &[u8], part: Part, random: &[u8; 16], value: &[u8]) -> bool {
        self.feed(part, random, value).verify_truncated_left(tag).is_ok()
    }

    fn feed(&self, part: Part, random: &[u8; 16], value: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(&[part as u8]);
        mac.update(random);
        mac.update(value);
        mac
    }

    fn cut<const N: usize>(&self, mac: Hmac<Sha256>) -> [u8; N] {
        let whole = mac.finalize().into_bytes();
        whole.first_chunk().copied().unwrap_or([0; N])
    }
}

/// The body has a fixed length: nothing of it can be taken for a part of the authority.
fn seal(sealer: &Sealer, body: &[u8], authority: &[u8]) -> Hmac<Sha256> {
    let mut mac = sealer.0.clone();
    mac.update(&[Part::Challenge as u8]);
    mac.update(body);
    mac.update(&authority.to_ascii_lowercase());
    mac
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, left) = rest.split_first_chunk::<N>()?;
    *rest = left;
    Some(*taken)
}
