//! `pointer.end`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerEnd).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How fast movements still are when they end: people brake, lines stop.",
    evasion: "A time law that brakes, or recorded motion.",
    honest_cost: "Movements that a window's edge or a click cuts short end fast.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample { visit: Some(Visit { features: &[(Feature::PointerEnd, 90)], ..Visit::INSIDE }), ..Sample::GET },
            Expected::Int(90),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
