//! `pointer.turn_slowing`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerTurnSlowing).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "Whether the pointer slows down to turn: well below 500 for people, who obey the power law of speed and curvature.",
    evasion: "Slowing in curves, or recorded motion.",
    honest_cost: "Short movements turn too seldom to tell.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::PointerTurnSlowing, 320)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(320),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
