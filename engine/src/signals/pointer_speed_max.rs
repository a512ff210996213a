//! `pointer.speed_max`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerSpeedMax).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "The highest speed of the pointer.",
    evasion: "Any delay.",
    honest_cost: "Flicks on large screens are fast.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::PointerSpeedMax, 4200)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(4200),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
