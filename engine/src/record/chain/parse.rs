//! Reading a chain back from the end of a record.

use crate::bundle::Digest256;

use super::{BEFORE, BEFORE_LATER, BEFORE_MAC, Head, Id, Later, MAX_BYTES, Mac, Opens, Place, Why};
use base64ct::{Base64UrlUnpadded, Encoding};
use memchr::memmem;

/// A record's place in its chain, as it says. Nothing of it is proven before [`Sealed::verify`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sealed<'r> {
    /// The chain.
    pub id: Id,
    /// The record's number in it, from 1.
    pub sequence: u64,
    /// The id of the key of its MAC.
    pub key: &'r str,
    /// What stands before it.
    pub before: Before,
    /// How many chains the run of its host has opened by then, where it says so.
    pub chains: Option<u32>,
    /// Its MAC.
    pub mac: Mac,
    /// What that is of: what stands before the chain,
    pub(super) body: &'r [u8],
    /// of which this is taken later than the rest,
    pub(super) later: Later,
    /// and the chain up to the MAC.
    pub(super) own: &'r [u8],
}

/// What stands before a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// A record with this MAC.
    Record(Mac),
    /// Nothing: it is the first one.
    Opens(Opens),
}

/// Reads the chain at the end of a record, as it was written: none where it has none, or another form.
pub fn read(record: &[u8]) -> Option<Sealed<'_>> {
    let tail = record.len().saturating_sub(MAX_BYTES);
    let at = tail + memmem::rfind(record.get(tail..)?, BEFORE.as_bytes())?;
    let (body, chain) = record.split_at_checked(at)?;
    let mut rest = Rest(chain.get(BEFORE.len()..)?);
    let id = rest.hex()?;
    rest.skip("\",\"sequence\":")?;
    let sequence = rest.number()?;
    rest.skip(",\"key\":\"")?;
    let key = rest.until(b'"')?;
    let later = later(&mut rest, body)?;
    let (before, chains) = if rest.skip(",\"previous\":\"").is_some() {
        let mac = rest.mac()?;
        rest.skip("\"")?;
        let chains = match rest.skip(",\"chains\":") {
            Some(()) => Some(u32::try_from(rest.number()?).ok()?),
            None => None,
        };
        (Before::Record(mac), chains)
    } else {
        let opens = opens(&mut rest)?;
        (Before::Opens(opens), opens.place.map(|place| place.number))
    };
    let own = chain.get(..chain.len() - rest.0.len())?;
    rest.skip(BEFORE_MAC)?;
    let mac = rest.mac()?;
    rest.skip("\"}")?;
    // What closes the objects around it; that it is JSON is for its reader to see.
    let is_closed = rest.0.iter().all(|byte| *byte == b'}');
    is_closed.then_some(Sealed { id, sequence, key, before, chains, mac, body, later, own })
}

/// The parts of what stands before the chain that are taken later, where it names some.
fn later(rest: &mut Rest<'_>, body: &[u8]) -> Option<Later> {
    let mut later = Later::default();
    if rest.skip(BEFORE_LATER).is_none() {
        return Some(later);
    }
    loop {
        let start = usize::try_from(rest.number()?).ok()?;
        rest.skip(",")?;
        let end = usize::try_from(rest.number()?).ok().filter(|end| *end <= body.len())?;
        later.note(&(start..end))?;
        if rest.skip("]").is_some() {
            return Some(later);
        }
        rest.skip(",")?;
    }
}

fn opens(rest: &mut Rest<'_>) -> Option<Opens> {
    rest.skip(",\"opens\":{\"why\":\"")?;
    let why = rest.until(b'"')?;
    let why = Why::ALL.into_iter().find(|known| known.name() == why)?;
    let bundle = match rest.skip(",\"bundle\":\"") {
        Some(()) => {
            let bundle = rest.digest()?;
            rest.skip("\"")?;
            Some(bundle)
        }
        None => None,
    };
    let place = match rest.skip(",\"run\":\"") {
        Some(()) => {
            let run = rest.hex()?;
            rest.skip("\",\"number\":")?;
            Some(Place { run, number: u32::try_from(rest.number()?).ok()? })
        }
        None => None,
    };
    let follows = match rest.skip(",\"follows\":{\"id\":\"") {
        Some(()) => {
            let id = rest.hex()?;
            rest.skip("\",\"sequence\":")?;
            let sequence = rest.number()?;
            rest.skip(",\"mac\":\"")?;
            let mac = rest.mac()?;
            rest.skip("\"}")?;
            Some(Head { id, sequence, mac })
        }
        None => None,
    };
    let unordered = rest.skip(",\"unordered\":true").is_some();
    rest.skip("}")?;
    Some(Opens { why, bundle, place, follows, unordered })
}

/// What is still to be read.
struct Rest<'r>(&'r [u8]);

impl<'r> Rest<'r> {
    fn skip(&mut self, text: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(text.as_bytes())?;
        Some(())
    }

    fn take(&mut self, length: usize) -> Option<&'r str> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        core::str::from_utf8(taken).ok()
    }

    fn until(&mut self, end: u8) -> Option<&'r str> {
        let taken = self.take(memchr::memchr(end, self.0)?)?;
        self.0 = self.0.get(1..)?;
        Some(taken)
    }

    fn hex(&mut self) -> Option<u64> {
        let digits = self.take(16).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        u64::from_str_radix(digits, 16).ok()
    }

    fn digest(&mut self) -> Option<Digest256> {
        let mut digest = Digest256::default();
        for eight in digest.as_chunks_mut().0 {
            *eight = self.hex()?.to_be_bytes();
        }
        Some(digest)
    }

    fn number(&mut self) -> Option<u64> {
        let digits = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.take(digits)?.parse().ok()
    }

    fn mac(&mut self) -> Option<Mac> {
        let mut mac = Mac::default();
        let read = Base64UrlUnpadded::decode(self.take(22)?, &mut mac).ok()?.len();
        (read == mac.len()).then_some(mac)
    }
}
