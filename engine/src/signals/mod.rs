//! Signals: what the facts mean, one named and typed value each.
//!
//! A signal is one file of this folder: what it means, what evades it, what it costs an honest visitor, its code and
//! the examples that a test executes and that `docs/signals.md` is made of. The registry below is the schema that
//! rules, models, records and docs share.

mod registry;
mod sample;
mod scene;

mod ua_present;

pub use registry::{PAGES, SIGNALS, by_name};
pub use sample::{Expected, Sample};
pub use scene::Scene;

use crate::fact::Fact;
use core::net::IpAddr;

/// What a signal reads of one request: a value, or why there is none.
pub type Reading<'a> = Fact<Value<'a>>;

/// A signal's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Text, as the bytes that were sent: clients are not held to UTF-8.
    Text(&'a [u8]),
    /// An address.
    Address(IpAddr),
}

/// The type of a signal's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// [`Value::Bool`]
    Bool,
    /// [`Value::Int`]
    Int,
    /// [`Value::Text`]
    Text,
    /// [`Value::Address`]
    Address,
}

/// One signal, as the engine runs it.
#[derive(Clone, Copy)]
pub struct Signal {
    /// Its name in rules, records and docs: `ua.family`. Stable for ever.
    pub name: &'static str,
    /// The type of its value.
    pub kind: Kind,
    /// Reads it.
    pub read: for<'s> fn(&'s Scene<'_>) -> Reading<'s>,
}

/// One signal, as its reader meets it. Kept apart from [`Signal`] so that no host carries prose.
#[derive(Clone, Copy)]
pub struct Page {
    /// What the value is, in one sentence.
    pub means: &'static str,
    /// What it costs a client to fake it.
    pub evasion: &'static str,
    /// Which honest visitors it may hit, and how.
    pub honest_cost: &'static str,
    /// On which hosts it is known.
    pub seen_by: &'static str,
    /// Requests and what the signal reads of them; a test executes each.
    pub examples: &'static [(Sample, Expected)],
}
