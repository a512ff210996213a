use std::collections::BTreeMap;

use outwork_engine::record::chain::Id;
use outwork_engine::time::Time;
use serde::Serialize;

use super::chain::Read;
use super::finding::{Finding, Kind, Place, name};
use crate::instant;

/// What was found.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// Whether the log is what was written, as far as it can tell.
    pub(crate) complete: bool,
    /// By less than so many seconds a record may stand behind one that was decided later; none where it may not at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) displaced_at_most: Option<u64>,
    /// How many there should be, where somebody said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) counted: Option<u64>,
    /// Those that are proven.
    pub(crate) records: u64,
    /// Records of a policy without a chain: nothing can be said of them.
    pub(crate) unchained: u64,
    /// Lines that hold no record.
    pub(crate) others: u64,
    /// Lines that a host was writing when it was killed.
    pub(crate) cut: u64,
    /// Lines that are too long to be read, and the first of them.
    pub(crate) long: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) first_long: Option<Place>,
    pub(crate) chains: Vec<ChainReport>,
    /// Where records began to have another key.
    pub(crate) rotations: Vec<Rotation>,
    /// The first of them.
    pub(crate) findings: Vec<Finding>,
    /// How many there are of each kind.
    pub(crate) counts: BTreeMap<Kind, u64>,
}

/// A chain whose key is not that of the one before it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Rotation {
    pub(crate) chain: String,
    /// `rotation` where the host goes on, `start` where it began anew.
    pub(crate) why: &'static str,
    /// None where that is not in these logs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<String>,
    pub(crate) to: String,
    pub(crate) place: Place,
}

/// One chain.
#[derive(Debug, Serialize)]
pub(crate) struct ChainReport {
    pub(crate) id: String,
    pub(crate) records: u64,
    /// The number of the last one.
    pub(crate) last: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) opened: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) run: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) number: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) follows: Option<String>,
    /// Whether another chain says how far this one had got at least.
    pub(crate) followed: bool,
    /// When the first of its records that are here was decided, and the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) to: Option<String>,
    pub(crate) keys: Vec<String>,
    /// Whether its host says that its lines come in any order.
    pub(crate) unordered: bool,
    /// How many stand behind one that was written later.
    pub(crate) displaced: u64,
}

impl ChainReport {
    pub(super) fn of(id: Id, chain: &Read, followed: bool) -> Self {
        let place = chain.opens.and_then(|opens| opens.place);
        Self {
            id: name(id),
            records: chain.records,
            last: chain.head().map_or(0, |head| head.sequence),
            opened: chain.opens.map(|opens| opens.why.name()),
            run: place.map(|place| name(place.run)),
            number: place.map(|place| place.number),
            follows: chain.opens.and_then(|opens| opens.follows).map(|head| name(head.id)),
            followed,
            from: chain.times.map(|(from, _)| shown(from)),
            to: chain.times.map(|(_, to)| shown(to)),
            keys: chain.keys.clone(),
            unordered: chain.unordered,
            displaced: chain.displaced,
        }
    }
}

/// An instant in milliseconds, as RFC 3339 writes it.
fn shown(millis: u64) -> String {
    instant::shown(Time(millis.saturating_mul(1_000)))
}

/// Whole seconds of milliseconds.
pub(super) const fn seconds(millis: u64) -> u64 {
    millis / 1_000
}
