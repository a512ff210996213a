//! `session.valid`

use super::{Expected, Page, Reading, Sample, Scene, Value, Visit};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.session().is_valid().map(Value::Bool)
}

pub(super) const PAGE: Page = Page {
    means: "Whether the session token that was sent opens: sealed by a key of this edge, for this device and this site, and less than a day ago. Absent without one.",
    evasion: "Sending none, or asking for one.",
    honest_cost: "False after a change of language or of the network's TLS gateway, and when a key leaves the ring: the page is given a new token at once.",
    seen_by: "every host; not in logs",
    examples: &[
        (Sample { visit: Some(Visit::UNSEEN), ..Sample::GET }, Expected::Bool(true)),
        (Sample { headers: &[("cookie", "__Host-outwork=AQIDBA")], ..Sample::GET }, Expected::Bool(false)),
        (Sample::GET, Expected::Absent),
    ],
};
