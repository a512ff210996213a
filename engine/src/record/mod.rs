//! The record of a decision, or of a request that ended before one: one line of JSON, in the words of OCSF or of ECS.
//!
//! What a vocabulary has no word for stands in one object of our own, which is the same in each ([`own`]). Addresses are
//! pseudonyms unless the policy says otherwise; queries are left out: they hold what people typed.

pub mod chain;
pub mod draft;
mod ecs;
mod effects;
mod json;
mod models;
mod ocsf;
mod own;
mod seen;
mod settings;
mod undecided;

pub use settings::{ALL, Addresses, Format, Records};
pub use undecided::{Stage, Undecided};

use crate::{decision::Decision, facts::Facts, keys::Keyring};
use alloc::string::String;
use draft::Draft;
use json::Json;
use seen::Seen;
use undecided::Ended;

/// What a record tells beside the decision and its facts.
#[derive(Debug)]
pub struct Context<'c> {
    /// Who decided.
    pub host: Host,
    /// Which of its instances, by the name that its operator gave it; none where it has none.
    pub node: Option<&'c str>,
    /// How long it took, in microseconds; none where the host's clock stands still meanwhile.
    pub elapsed: Option<u32>,
    /// The rate, in thousandths, at which decisions like this one leave a record; none where each does.
    pub sampled: Option<u16>,
    /// How the policy has records kept.
    pub records: Records,
}

/// A host, by its name and version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Host {
    /// `envoy`, `worker`.
    pub name: &'static str,
    /// Of the host, not of what it runs in.
    pub version: &'static str,
}

impl Context<'_> {
    /// Of a decision that no proxy made, for tools and tests.
    pub const NATIVE: Self = Self {
        host: Host { name: "native", version: env!("CARGO_PKG_VERSION") },
        node: None,
        elapsed: None,
        sampled: None,
        records: Records { format: Format::Ocsf, addresses: Addresses::Pseudonym, sample_allowed: ALL, audit: false },
    };
}

/// Writes the record, without a line end and without a chain.
pub fn write(decision: &Decision<'_>, facts: &Facts<'_>, keys: &Keyring, context: Context<'_>) -> String {
    draft(decision, facts, keys, context).close()
}

/// Writes all of the record but its place in a chain, which it may get later: when the line is written that carries it.
pub fn draft(decision: &Decision<'_>, facts: &Facts<'_>, keys: &Keyring, context: Context<'_>) -> Draft {
    let mut json = Json::new();
    let told = Told { decision, facts, keys, context: &context };
    // Each vocabulary ends inside of our own object, and says what closes it.
    let seen = Seen::new(facts, keys, context.records.addresses);
    let closing = match context.records.format {
        Format::Ocsf => ocsf::write(&mut json, &told, &seen),
        Format::Ecs => ecs::write(&mut json, &told, &seen),
    };
    Draft { json, closing, like: decision.device }
}

/// The same of a request that ended before anything was decided about it.
pub fn undecided(undecided: &Undecided<'_>, facts: &Facts<'_>, keys: &Keyring, context: Context<'_>) -> Draft {
    let mut json = Json::new();
    let ended = Ended { undecided, facts, keys, context: &context };
    let seen = Seen::new(facts, keys, context.records.addresses);
    let closing = match context.records.format {
        Format::Ocsf => ocsf::undecided(&mut json, &ended, &seen),
        Format::Ecs => ecs::undecided(&mut json, &ended, &seen),
    };
    // They are few: one place is enough.
    Draft { json, closing, like: 0 }
}

/// All that a record is made of.
struct Told<'a> {
    decision: &'a Decision<'a>,
    facts: &'a Facts<'a>,
    keys: &'a Keyring,
    context: &'a Context<'a>,
}
