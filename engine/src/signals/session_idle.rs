//! `session.idle`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Visit};
use crate::time::Time;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    let now = scene.facts().now;
    let idle = |then: Time| now.seconds().saturating_sub(then.seconds());
    scene.window().and_then(|window| Fact::from_option(window.observed).map(|observed| idle(observed).into()))
}

pub(super) const PAGE: Page = Page {
    means: "Seconds since the session was last observed. Absent without a window, and in one in which nothing was observed.",
    evasion: "Sending batches, each newer than the last.",
    honest_cost: "People read, and leave pages open.",
    seen_by: "every host; not in logs",
    examples: &[
        (Sample { visit: Some(Visit { idle: Some(75), ..Visit::INSIDE }), ..Sample::GET }, Expected::Int(75)),
        (Sample { visit: Some(Visit::UNSEEN), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
