//! `pointer.speed_high`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerSpeedHigh).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How far the fast steps stand out.",
    evasion: "A time law with bursts, or recorded motion.",
    honest_cost: "Even drags have none.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::PointerSpeedHigh, 2450)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(2450),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
