//! `pointer.turn_fast`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerTurnFast).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How much the way bends where it is fast: people go straight there.",
    evasion: "Noise that shrinks with speed, or recorded motion.",
    honest_cost: "Circles bend at every speed.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::PointerTurnFast, 60)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(60),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
