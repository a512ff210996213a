//! The chain: each record names the one before it, and has a MAC of its own, so that none can be changed, left out or moved
//! unseen by who has no key.
//!
//! `…,"chain":{"id":"0f…","sequence":7,"key":"k1","later":[8,21],"previous":"MAC","mac":"MAC"}}}}` ends a record. The MAC is
//! HMAC-SHA-256 over the bytes of the line before `,"mac":`, cut to 128 bits (RFC 2104, section 5): who verifies needs no
//! canonical JSON, only the bytes. Those that `later` names, by where each part begins and ends, are taken after all others that
//! stand before the chain (`later`). The chain, which is looked for from the end, is taken last and as it stands, so that the
//! bytes in this order tell the parts, and the parts the line: no two lines have the same. Without `later`, as in records of older
//! versions, the line is taken as it stands. The first record of a chain has `opens` in the place of `previous`: why the chain was
//! opened, by which bundle, which one it follows, how many chains there were before it, and whether lines of it come in any order.
//! A later one has `chains` behind `previous` where its host has opened more of them since this chain said so: any of them proves that the
//! others were there.
//!
//! A chain is of one thread. What it cannot show by itself is that its last records are missing: for that there is the chain
//! which follows it, a counter of the host, and what a verifier noted before.

mod later;
mod parse;
mod sealer;

pub(super) use later::Later;
pub use parse::{Before, Sealed, read};
pub use sealer::Sealer;

use super::json::Json;
use crate::{bundle::Digest256, keys::AuditKeys};
use hmac::Mac as _;

/// The most bytes of a record that are a chain: its id, a key's, three MACs and the numbers.
pub const MAX_BYTES: usize = 768;

/// What stands before the chain of a record, and before its MAC.
const BEFORE: &str = ",\"chain\":{\"id\":\"";
const BEFORE_LATER: &str = ",\"later\":[";
const BEFORE_MAC: &str = ",\"mac\":\"";

/// The MAC of a record: the first half of an HMAC-SHA-256.
pub type Mac = [u8; 16];

/// A chain's name: 64 bits that nobody outside foresees.
pub type Id = u64;

/// The chain of one thread, as far as it got.
#[derive(Clone, Debug)]
pub struct Chain {
    id: Id,
    sequence: u64,
    last: Last,
    /// The run of its host; none where nobody counts chains.
    run: Option<u64>,
    /// How many chains that run has, as this one has told, and as it knows.
    told: u32,
    known: u32,
}

#[derive(Clone, Debug)]
enum Last {
    /// Nothing was written yet.
    Opens(Opens),
    Wrote(Mac),
}

/// How a chain begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opens {
    /// Why.
    pub why: Why,
    /// The policy by which it is decided from then on; none where nobody says.
    pub bundle: Option<Digest256>,
    /// Which chain of its host it is; none where nobody counts them.
    pub place: Option<Place>,
    /// The last record of the chain that it follows, as far as that had got; none where that is not known.
    pub follows: Option<Head>,
    /// Whether its host cannot see to it that lines stand in the order of their numbers.
    pub unordered: bool,
}

/// Why a chain was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A thread began: the host started, or began anew.
    Start,
    /// It loaded another policy.
    Reload,
    /// It loaded other keys: records are sealed by another one than before.
    Rotation,
}

impl Why {
    /// Each of them.
    pub(super) const ALL: [Self; 3] = [Self::Start, Self::Reload, Self::Rotation];

    /// The name in records.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Reload => "reload",
            Self::Rotation => "rotation",
        }
    }
}

/// A chain's place among those of its host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The run of the host, from its start to its end.
    pub run: u64,
    /// The number of the chain in it, from 1.
    pub number: u32,
}

/// The last record of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The chain.
    pub id: Id,
    /// The record's sequence number, from 1.
    pub sequence: u64,
    /// Its MAC.
    pub mac: Mac,
}

impl Chain {
    /// A chain in which nothing was written yet.
    pub fn new(id: Id, opens: Opens) -> Self {
        let number = opens.place.map_or(0, |place| place.number);
        let run = opens.place.map(|place| place.run);
        Self { id, sequence: 0, last: Last::Opens(opens), run, told: number, known: number }
    }

    /// Notes the last chain that a host has opened: where that is one of its own run, the next record says so.
    pub fn know(&mut self, last: Place) {
        if self.run == Some(last.run) {
            self.known = self.known.max(last.number);
        }
    }

    /// Its last record; none where nothing was written.
    pub fn head(&self) -> Option<Head> {
        match self.last {
            Last::Opens(_) => None,
            Last::Wrote(mac) => Some(Head { id: self.id, sequence: self.sequence, mac }),
        }
    }

    /// Ends a record whose own object is still open.
    pub(super) fn seal(&mut self, json: &mut Json, like: u64, sealer: &mut Sealer) {
        let body = json.out.len();
        self.sequence = self.sequence.saturating_add(1);
        json.raw(BEFORE).bare_hex(self.id).raw("\",\"sequence\":").number(self.sequence);
        json.raw(",\"key\":").plain(sealer.key());
        let later = json.later;
        for (at, (start, end)) in later.parts().iter().enumerate() {
            json.raw(if at == 0 { BEFORE_LATER } else { "," }).number((*start).into()).raw(",").number((*end).into());
        }
        json.raw(if later.parts().is_empty() { "" } else { "]" });
        match &self.last {
            Last::Opens(opens) => opens.write(json),
            Last::Wrote(mac) => {
                json.raw(",\"previous\":\"").base64(mac).raw("\"");
                if self.known > self.told {
                    json.raw(",\"chains\":").number(self.known.into());
                    self.told = self.known;
                }
            }
        }
        let (body, own) = json.out.as_bytes().split_at_checked(body).unwrap_or_default();
        let mac = sealer.mac(like, later.rest(body), later.last(body).chain([own]));
        json.raw(BEFORE_MAC).base64(&mac).raw("\"}");
        self.last = Last::Wrote(mac);
    }
}

impl Opens {
    fn write(&self, json: &mut Json) {
        json.raw(",\"opens\":{\"why\":").plain(self.why.name());
        if let Some(bundle) = &self.bundle {
            json.raw(",\"bundle\":\"");
            for eight in bundle.as_chunks().0 {
                json.bare_hex(u64::from_be_bytes(*eight));
            }
            json.raw("\"");
        }
        if let Some(Place { run, number }) = self.place {
            json.raw(",\"run\":\"").bare_hex(run).raw("\",\"number\":").number(number.into());
        }
        if let Some(Head { id, sequence, mac }) = &self.follows {
            json.raw(",\"follows\":{\"id\":\"").bare_hex(*id).raw("\",\"sequence\":").number(*sequence);
            json.raw(",\"mac\":\"").base64(mac).raw("\"}");
        }
        json.raw(if self.unordered { ",\"unordered\":true}" } else { "}" });
    }
}

fn half(whole: &[u8; 32]) -> Mac {
    let mut half = Mac::default();
    half.iter_mut().zip(whole).for_each(|(to, from)| *to = *from);
    half
}

/// Why a record is not proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unproven {
    /// The key that it names is not at hand.
    Key,
    /// It was changed after it was written, or written by who has no key.
    Changed,
}

impl Sealed<'_> {
    /// Whether the record is as it was written, by who has the key that it names. The MACs are compared in constant time.
    ///
    /// # Errors
    /// Says why it cannot be told, or is not so.
    pub fn verify(&self, keys: &AuditKeys) -> Result<(), Unproven> {
        let mut mac = keys.mac_of(self.key).ok_or(Unproven::Key)?;
        let parts = self.later.rest(self.body).chain(self.later.last(self.body)).chain([self.own]);
        parts.for_each(|part| mac.update(part));
        mac.verify_truncated_left(&self.mac).map_err(|_| Unproven::Changed)
    }
}

#[cfg(test)]
mod tests;
