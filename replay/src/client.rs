//! Who asked, as a report names them.

use crate::Entry;
use outwork_engine::identity::{self, Prefix};
use std::{
    fmt,
    net::{Ipv4Addr, Ipv6Addr},
};

/// A client: an IPv4 address, an IPv6 /64, a pseudonym, or nobody that the log tells.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Client {
    Prefix(Bytes),
    Pseudonym(Box<[u8]>),
    Unknown,
}

/// The bytes of a [`Prefix`], which can be ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Bytes([u8; 8], u8);

impl Client {
    pub(crate) fn of(entry: &Entry<'_>) -> Self {
        match (entry.address.map(identity::client_prefix).known(), &entry.pseudonym) {
            (Some(prefix), _) => Self::Prefix(bytes(prefix)),
            (None, Some(name)) => Self::Pseudonym(name.get(..MOST).unwrap_or(name).into()),
            (None, None) => Self::Unknown,
        }
    }
}

/// Pseudonyms of ours have 16 letters.
const MOST: usize = 64;

fn bytes(prefix: Prefix) -> Bytes {
    let mut all = [0; 8];
    all.iter_mut().zip(prefix.as_bytes()).for_each(|(to, from)| *to = *from);
    Bytes(all, u8::try_from(prefix.as_bytes().len()).unwrap_or(8))
}

impl fmt::Display for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Prefix(Bytes([a, b, c, d, ..], 4)) => Ipv4Addr::new(*a, *b, *c, *d).fmt(f),
            Self::Prefix(Bytes(half, _)) => {
                let high = u128::from(u64::from_be_bytes(*half)) << 64;
                write!(f, "{}/64", Ipv6Addr::from(high))
            }
            Self::Pseudonym(name) => f.write_str(&shown(name)),
            Self::Unknown => f.write_str("not told"),
        }
    }
}

/// Text of a client for people: what could drive a terminal is written as an escape.
pub(crate) fn shown(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for c in String::from_utf8_lossy(bytes).chars() {
        // Direction marks and other invisible letters can make one text look like another.
        let is_plain = !c.is_control()
            && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
        if is_plain { out.push(c) } else { out.extend(c.escape_unicode()) }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use outwork_engine::fact::Fact;

    #[test]
    fn clients_are_named_by_what_they_are_counted_by() {
        let of = |address: &str| {
            Client::of(&Entry { address: Fact::Known(address.parse().unwrap()), ..Entry::EMPTY }).to_string()
        };
        assert_eq!(of("203.0.113.7"), "203.0.113.7");
        assert_eq!(of("::ffff:203.0.113.7"), "203.0.113.7");
        assert_eq!(of("2001:db8:1:2:3::4"), "2001:db8:1:2::/64");
        assert_eq!(Client::of(&Entry::EMPTY).to_string(), "not told");
        assert_eq!(shown(b"a\x1b[31m\xe2\x80\xaeb"), "a\\u{1b}[31m\\u{202e}b");
    }
}
