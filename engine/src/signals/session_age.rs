//! `session.age`

use super::{Expected, Page, Reading, Sample, Scene, Visit};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    let now = scene.facts().now;
    scene.window().map(|window| now.seconds().saturating_sub(window.opened.seconds()).into())
}

pub(super) const PAGE: Page = Page {
    means: "Seconds since the session was opened by the page's first word to the edge. Absent without a window.",
    evasion: "Waiting: a session is opened for whoever asks, and lasts a day.",
    honest_cost: "Everybody's session is young at first, and starts anew after a day or when cookies are cleared.",
    seen_by: "every host; not in logs",
    examples: &[
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Int(120)),
        (Sample::GET, Expected::Absent),
    ],
};
