//! What the host did about a request: the names of headers, not what is in them.

use super::json::Json;
use crate::decision::{Decision, Edit};

/// The most names that a record lists of each kind; who sends more of them sends the same to be removed again.
const MOST: usize = 12;

pub(super) fn write(json: &mut Json, decision: &Decision<'_>) {
    json.raw(",\"effects\":{");
    if let Some(reply) = &decision.reply {
        json.raw("\"status\":").number(reply.status.into());
        let sets_cookie = reply.headers.iter().any(|(name, _)| *name == "set-cookie");
        json.raw(if sets_cookie { ",\"cookie\":true" } else { "" });
        if decision.delay > 0 {
            json.raw(",\"delay_ms\":").number(decision.delay.into());
        }
        json.raw("}");
        return;
    }
    let removed = decision.edits.iter().filter_map(|edit| match edit {
        Edit::Remove(name) => Some(*name),
        Edit::Append(..) => None,
    });
    let added = decision.edits.iter().filter_map(|edit| match edit {
        Edit::Append(name, _) => Some(name.as_bytes()),
        Edit::Remove(_) => None,
    });
    json.raw("\"removed\":[");
    names(json, removed);
    json.raw("],\"added\":[");
    names(json, added);
    json.raw("]}");
}

fn names<'n>(json: &mut Json, names: impl Iterator<Item = &'n [u8]>) {
    for (at, name) in names.take(MOST).enumerate() {
        json.raw(if at == 0 { "" } else { "," }).bytes(name);
    }
}
