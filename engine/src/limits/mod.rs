//! Limits: a token bucket whose price is risk, with a ladder for those who do not stop.
//!
//! A limit is a pure step over one stored word ([`Charge::step`]). Where the word stands is the host's affair: in data that
//! the threads of a proxy share, in an isolate, in a Durable Object, or behind a rate-limit service.

mod account;
mod breaker;
mod charge;
mod ladder;
mod page;
mod path_class;
#[cfg(test)]
mod tests;
mod word;

pub use account::{Account, MAX_CREDENTIAL, Place};
pub use breaker::Breaker;
pub use charge::{Charge, Charged, Mercy, Outcome, Said};
pub use ladder::{Ladder, Penalty, Rung};
pub use page::{Page, Slot, Table, WAYS};
pub use path_class::path_class;
pub use word::Word;

use crate::risk::Band;
use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};

/// One limit, as the bundle carries it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// Its stable id.
    pub id: String,
    /// What clients are counted by; several together make one key.
    pub key: Vec<KeyPart>,
    /// How many tokens the bucket holds, 1 or more.
    pub burst: u32,
    /// Microseconds in which one token comes back, 1 or more, by band: low, medium, high.
    pub interval: [u64; 3],
    /// Tokens a request costs, by band.
    pub cost: [u32; 3],
    /// What becomes of those who overflow it again and again.
    pub ladder: Ladder,
    /// For how long.
    pub penalty: Penalty,
    /// Where the bucket stands.
    pub scope: Scope,
    /// What becomes of a request where the bucket cannot be reached.
    pub unreachable: Unreachable,
    /// The level that touching a decoy sets; 0 for none.
    pub decoy: u8,
    /// Milliseconds by which a refusal is delayed.
    pub tarpit: u32,
    /// Whether it has a condition of its own; without one only rules charge it.
    pub conditional: bool,
}

impl Default for Limit {
    fn default() -> Self {
        Self {
            id: String::new(),
            key: Vec::new(),
            burst: 1,
            interval: [1_000_000; 3],
            cost: [1; 3],
            ladder: Ladder::NONE,
            penalty: Penalty::default(),
            scope: Scope::Local,
            unreachable: Unreachable::Local,
            decoy: 0,
            tarpit: 0,
            conditional: true,
        }
    }
}

impl Limit {
    /// What one request of this band is charged, of a client that is shown this mercy.
    pub fn charge(&self, limit: u16, key: u128, band: Band, mercy: Mercy) -> Charge {
        let [low, medium, high] = self.cost;
        let (cost, place) = match band {
            Band::Low => (low, 0),
            Band::Medium => (medium, 1),
            Band::High => (high, 2),
        };
        Charge {
            limit,
            key,
            cost,
            scope: self.scope,
            unreachable: self.unreachable,
            burst: self.burst,
            interval: self.interval,
            band: place,
            ladder: self.ladder,
            penalty: self.penalty,
            mercy,
            strike: 0,
        }
    }

    /// Whether a client makes up keys of it as it likes, at no cost: by another header, path or name, or by dropping a cookie. A
    /// store steps such charges after the others, and after a refusal it stores nothing new for the same request: who is refused
    /// shall not fill it with buckets that crowd out the one that refuses.
    pub fn makes_up_keys(&self) -> bool {
        self.key.iter().any(|part| match part {
            KeyPart::Device | KeyPart::Session | KeyPart::Account | KeyPart::Path | KeyPart::Signature => true,
            KeyPart::Ip | KeyPart::Asn | KeyPart::Country | KeyPart::Clearance | KeyPart::Agent => false,
        })
    }

    /// The same of a client that touched a decoy.
    pub fn strike(&self, charge: Charge) -> Charge {
        Charge { strike: self.decoy, ..charge }
    }
}

/// One part of the key that clients are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum KeyPart {
    /// The address, IPv6 by /64.
    Ip,
    /// The device identity.
    Device,
    /// The autonomous system.
    Asn,
    /// The country.
    Country,
    /// The session, by its token. Who sends none is not counted: another limit has to count those.
    Session,
    /// The clearance, by its random name. Who has passed no challenge is not counted.
    Clearance,
    /// The account that the request names. Who names none is not counted.
    Account,
    /// The class of the path: [`path_class`].
    Path,
    /// The agent that is verified. Who is none is not counted.
    Agent,
    /// The signature that an agent is verified by. Who shows none that holds is not counted.
    Signature,
}

/// Where a bucket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Scope {
    /// With the host that decides.
    Local,
    /// Where all hosts ask.
    Global,
}

/// What becomes of a request where a bucket cannot be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Unreachable {
    /// It is not refused for that.
    Open,
    /// It is refused.
    Closed,
    /// A bucket of the host's own counts.
    Local,
}
