//! `click.moves`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::ClickMoves).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How many moves led to a click, at least: a flush between them hides some.",
    evasion: "Moving the pointer in steps.",
    honest_cost: "Double clicks have none; touch and assistive pointers jump.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample { visit: Some(Visit { features: &[(Feature::ClickMoves, 34)], ..Visit::INSIDE }), ..Sample::GET },
            Expected::Int(34),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
