//! `pointer.smooth`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerSmooth).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How much of a movement has a speed that hardly changes.",
    evasion: "Noise in the speed, or recorded motion.",
    honest_cost: "Long, steady drags are smooth.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::PointerSmooth, 190)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(190),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
