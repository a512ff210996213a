//! `pointer.bell`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerBell).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How like a bell the speed of movements is: 1000 as in the textbook, 500 not at all.",
    evasion: "A time law with several peaks, or recorded motion.",
    honest_cost: "Practised, direct movements come near the bell; programs that ease in and out do, too.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample { visit: Some(Visit { features: &[(Feature::PointerBell, 880)], ..Visit::INSIDE }), ..Sample::GET },
            Expected::Int(880),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
