//! `pointer.turn_slow`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerTurnSlow).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How much the way bends where it is slow: people correct there.",
    evasion: "Corrections at the end of each movement, or recorded motion.",
    honest_cost: "Straight drags hardly bend.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::PointerTurnSlow, 330)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(330),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
