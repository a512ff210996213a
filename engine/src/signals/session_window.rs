//! `session.window`

use super::{Expected, Page, Reading, Sample, Scene, Visit};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.window_state().map(|state| state.name().into())
}

pub(super) const PAGE: Page = Page {
    means: "Where in its window of observation the request falls. `none`: no token that opens, or next to nothing was observed; `inside`: confidence is 500 or more; `expiring`: 125 or more; `expired`: less.",
    evasion: "Running a browser that sends what people would do: the state says that something was observed, not that it was good.",
    honest_cost: "`none` is what every first request is, and all of those who run no script, block the beacon, or send Global Privacy Control. It is no evidence against anybody.",
    seen_by: "every host; not in logs",
    examples: &[
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Text("inside")),
        (Sample { visit: Some(Visit { idle: Some(600), ..Visit::INSIDE }), ..Sample::GET }, Expected::Text("expiring")),
        (
            Sample { visit: Some(Visit { idle: Some(3_600), ..Visit::INSIDE }), ..Sample::GET },
            Expected::Text("expired"),
        ),
        (Sample { visit: Some(Visit::UNSEEN), ..Sample::GET }, Expected::Text("none")),
        (Sample::GET, Expected::Text("none")),
    ],
};
