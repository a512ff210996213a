//! `pointer.pauses`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerPauses).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How often the pointer rests.",
    evasion: "Random pauses.",
    honest_cost: "None known.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample { visit: Some(Visit { features: &[(Feature::PointerPauses, 14)], ..Visit::INSIDE }), ..Sample::GET },
            Expected::Int(14),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
