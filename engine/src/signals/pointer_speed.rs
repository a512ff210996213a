//! `pointer.speed`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerSpeed).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How fast the pointer moves.",
    evasion: "Any delay.",
    honest_cost: "People differ by a factor of ten.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample { visit: Some(Visit { features: &[(Feature::PointerSpeed, 520)], ..Visit::INSIDE }), ..Sample::GET },
            Expected::Int(520),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
