//! Under which names a client is counted.

use crate::{fact::Fact, keys::Keyring};
use alloc::vec::Vec;
use core::{fmt, hash::Hasher, net::IpAddr};
use siphasher::sip::SipHasher24;

/// The part of an address that stands for one client: all of an IPv4 address, the first 64 bits of an IPv6 address.
///
/// An IPv6 subscriber holds a /64 or more, so the low half costs nothing to change.
pub fn client_prefix(address: IpAddr) -> Prefix {
    match address.to_canonical() {
        IpAddr::V4(v4) => Prefix { bytes: pad(v4.octets()), len: 4 },
        IpAddr::V6(v6) => Prefix { bytes: first_half(v6.octets()), len: 8 },
    }
}

/// The part of an address that stands for a network: the first 24 bits of an IPv4 address, the first 48 of an IPv6
/// address.
///
/// No finer prefix is commonly passed on between networks (RFC 7454, section 6.1.3), and carriers move a client between
/// the addresses of one.
pub fn network_prefix(address: IpAddr) -> Prefix {
    let [a, b, c, d, e, f, ..] = client_prefix(address).bytes;
    match address.to_canonical() {
        IpAddr::V4(_) => Prefix { bytes: pad([a, b, c, 0]), len: 3 },
        IpAddr::V6(_) => Prefix { bytes: [a, b, c, d, e, f, 0, 0], len: 6 },
    }
}

/// The network of an address, as people write it.
pub fn network(address: IpAddr) -> impl fmt::Display {
    match (address.to_canonical(), network_prefix(address).bytes) {
        (IpAddr::V4(_), [a, b, c, ..]) => Network { first: IpAddr::from([a, b, c, 0]), bits: 24 },
        (IpAddr::V6(_), [a, b, c, d, e, f, ..]) => {
            Network { first: IpAddr::from([a, b, c, d, e, f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), bits: 48 }
        }
    }
}

struct Network {
    first: IpAddr,
    bits: u8,
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.bits)
    }
}

/// The bytes that stand for an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Prefix {
    bytes: [u8; 8],
    // INVARIANT: at most 8.
    len: usize,
}

impl Prefix {
    /// The bytes: 4 for a client's IPv4 address and 8 for its IPv6 address, 3 and 6 for their networks.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or(&self.bytes)
    }
}

fn pad([a, b, c, d]: [u8; 4]) -> [u8; 8] {
    [a, b, c, d, 0, 0, 0, 0]
}

fn first_half(octets: [u8; 16]) -> [u8; 8] {
    let [a, b, c, d, e, f, g, h, ..] = octets;
    [a, b, c, d, e, f, g, h]
}

/// The pseudonym of an address in records: 16 hex digits of a keyed hash of [`client_prefix`].
pub fn pseudonym(address: Fact<IpAddr>, keys: &Keyring) -> Fact<u64> {
    address.map(|address| low_half(keys.pseudonym(&[client_prefix(address).as_bytes()])))
}

/// The same by every key, with the id of each: for who looks for an address in old records.
pub fn pseudonyms(address: IpAddr, keys: &Keyring) -> Vec<(&str, u64)> {
    let named = keys.pseudonyms(&[client_prefix(address).as_bytes()]);
    named.into_iter().map(|(id, hash)| (id, low_half(hash))).collect()
}

/// The pseudonym of a session in records: no token can be made of it.
pub fn session(id: &[u8; 16], keys: &Keyring) -> u64 {
    low_half(keys.pseudonym(&[b"session", id]))
}

/// The device identity: a keyed hash of what stays the same from request to request of one browser.
pub fn device(parts: &[&[u8]], keys: &Keyring) -> u64 {
    low_half(keys.pseudonym(parts))
}

/// The same without a key, so that it stays when keys change: for what binds, and is never shown.
pub fn fingerprint(parts: &[&[u8]]) -> u64 {
    // The lengths keep ("ab", "c") and ("a", "bc") apart.
    let mut hasher = SipHasher24::new();
    for part in parts {
        hasher.write_u32(u32::try_from(part.len()).unwrap_or(u32::MAX));
        hasher.write(part);
    }
    hasher.finish()
}

fn low_half(hash: u128) -> u64 {
    u64::try_from(hash & u128::from(u64::MAX)).unwrap_or(0)
}
