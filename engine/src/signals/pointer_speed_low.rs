//! `pointer.speed_low`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerSpeedLow).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How far the slow steps stand out.",
    evasion: "A time law that begins and ends slowly, or recorded motion.",
    honest_cost: "Even drags have none.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::PointerSpeedLow, 310)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(310),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
