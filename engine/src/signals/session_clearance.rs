//! `session.clearance`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::clearance::Passed;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.clearance().optional().map(|clearance| match clearance.map(|clearance| clearance.passed) {
        None => "none".into(),
        Some(Passed::Work) => "work".into(),
        Some(Passed::Wait) => "wait".into(),
    })
}

pub(super) const PAGE: Page = Page {
    means: "Which challenge this device has passed in this network, for as long as that holds: `work` for proof of work, `wait` for waiting without a script, else `none`. It needs no window of observation.",
    evasion: "Passing a challenge: seconds of a processor, or of waiting.",
    honest_cost: "Nobody is challenged without a rule or a band that asks for it.",
    seen_by: "every host; not in logs",
    examples: &[
        (
            Sample { visit: Some(Visit { passed: Some(Passed::Work), ..Visit::UNSEEN }), ..Sample::GET },
            Expected::Text("work"),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Text("none")),
        (Sample::GET, Expected::Text("none")),
    ],
};
