//! `session.skew`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value, Visit};
use crate::window::Window;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    let skew = |window: &Window| window.observed.map(|_| Value::Int(window.skew.into()));
    scene.window().and_then(|window| Fact::from_option(skew(window)))
}

pub(super) const PAGE: Page = Page {
    means: "How many seconds the page's clock was ahead of the edge's at the newest batch, negative behind. Absent without a window, and in one in which nothing was observed.",
    evasion: "Writing the right time.",
    honest_cost: "Clocks of people are minutes off, some hours; a batch that is more than a day off is refused.",
    seen_by: "every host; not in logs",
    examples: &[
        (Sample { visit: Some(Visit { skew: -90, ..Visit::INSIDE }), ..Sample::GET }, Expected::Int(-90)),
        (Sample { visit: Some(Visit::UNSEEN), ..Sample::GET }, Expected::Absent),
    ],
};
