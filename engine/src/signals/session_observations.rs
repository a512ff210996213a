//! `session.observations`

use super::{Expected, Page, Reading, Sample, Scene, Visit};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.window().map(|window| window.observations.into())
}

pub(super) const PAGE: Page = Page {
    means: "How many batches of events were observed in the session. Absent without a window.",
    evasion: "Sending batches.",
    honest_cost: "None: 0 is what a page starts with, and what stays where a script is not run.",
    seen_by: "every host; not in logs",
    examples: &[
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Int(4)),
        (Sample { visit: Some(Visit::UNSEEN), ..Sample::GET }, Expected::Int(0)),
        (Sample::GET, Expected::Absent),
    ],
};
