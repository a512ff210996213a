//! `pointer.slow`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerSlow).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How much of the time a moving pointer hardly moves.",
    evasion: "Pauses within movements, or recorded motion.",
    honest_cost: "Reading along a line with the pointer is slow.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample { visit: Some(Visit { features: &[(Feature::PointerSlow, 240)], ..Visit::INSIDE }), ..Sample::GET },
            Expected::Int(240),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
