//! What a record says of a request that ended before anything was decided about it. It has no verdict, and no risk.

use super::{Context, json::Json, own};
use crate::{facts::Facts, identity, keys::Keyring, signals::Scene};

/// How a request ended that was held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undecided<'u> {
    /// The name of the bundle that would have decided.
    pub bundle: &'u str,
    /// For what it was held.
    pub stage: Stage,
    /// What it was answered; none where nobody answered it.
    pub status: Option<u16>,
    /// Why it ended, in the words of its host.
    pub details: Option<&'u [u8]>,
}

/// For what a request is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// For its body.
    Body,
    /// For those who count its limits.
    Limits,
    /// For both.
    BodyAndLimits,
    /// For the body that one of our own endpoints reads.
    Endpoint,
}

impl Stage {
    /// The name in records.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::Limits => "limits",
            Self::BodyAndLimits => "body-and-limits",
            Self::Endpoint => "endpoint",
        }
    }
}

/// All that such a record is made of.
pub(super) struct Ended<'a> {
    pub(super) undecided: &'a Undecided<'a>,
    pub(super) facts: &'a Facts<'a>,
    pub(super) keys: &'a Keyring,
    pub(super) context: &'a Context<'a>,
}

/// Opens our own object and writes its members; what follows them closes it.
pub(super) fn write(json: &mut Json, ended: &Ended<'_>) {
    let Ended { undecided, facts, keys, context } = *ended;
    json.raw("{\"undecided\":{\"stage\":").plain(undecided.stage.name());
    if let Some(status) = undecided.status {
        json.raw(",\"status\":").number(status.into());
    }
    if let Some(details) = undecided.details {
        json.raw(",\"details\":").bytes(details);
    }
    json.raw("},\"device_id\":").hex(identity::device(&Scene::new(facts).device_parts(), keys));
    own::origin(json, facts, keys, context);
}
