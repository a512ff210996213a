use outwork_engine::record::chain::Id;
use serde::Serialize;

/// Where a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Place {
    /// The place of its file.
    pub(crate) file: usize,
    /// From 1.
    pub(crate) line: u64,
}

/// What a finding is about. Each means that the log is not what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    /// A record is not as it was written.
    Changed,
    /// Records are not there.
    Missing,
    /// A record is there twice.
    Repeated,
    /// A record stands behind one that was written after it.
    Displaced,
    /// The key of a record is not known.
    Key,
    /// Two records with valid MACs contradict each other: who wrote one had the key.
    Forged,
    /// A record has no chain, in a log whose records have one: anybody can have written it.
    Unchained,
    /// There are not as many as there should be.
    Count,
}

/// One thing that is wrong.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Finding {
    pub(crate) kind: Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) chain: Option<String>,
    /// The first record that it is about, and the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) records: Option<(u64, u64)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) place: Option<Place>,
    pub(crate) message: String,
}

/// A chain's name as records have it.
pub(crate) fn name(id: Id) -> String {
    format!("{id:016x}")
}

impl Finding {
    pub(crate) fn of(kind: Kind, chain: Id, message: impl Into<String>) -> Self {
        Self { kind, chain: Some(name(chain)), records: None, place: None, message: message.into() }
    }

    pub(crate) fn at(self, place: Place) -> Self {
        Self { place: Some(place), ..self }
    }

    pub(crate) fn records(self, first: u64, last: u64) -> Self {
        Self { records: Some((first, last)), ..self }
    }
}
