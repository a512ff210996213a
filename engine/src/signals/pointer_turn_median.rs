//! `pointer.turn_median`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerTurnMedian).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How much the way bends at most steps.",
    evasion: "Noise in the direction, or recorded motion.",
    honest_cost: "Straight drags hardly bend.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::PointerTurnMedian, 70)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(70),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
