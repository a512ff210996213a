//! `pointer.peak`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerPeak).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "When movements are fastest: people early, curves drawn by programs in the middle.",
    evasion: "An asymmetric time law, or recorded motion.",
    honest_cost: "Single movements vary; only many have a mean that says something.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample { visit: Some(Visit { features: &[(Feature::PointerPeak, 430)], ..Visit::INSIDE }), ..Sample::GET },
            Expected::Int(430),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
