//! `pointer.start`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerStart).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How fast movements begin: people gather speed, lines are at theirs at once.",
    evasion: "A time law that gathers speed, or recorded motion.",
    honest_cost: "Movements that enter the window from outside begin fast.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample { visit: Some(Visit { features: &[(Feature::PointerStart, 150)], ..Visit::INSIDE }), ..Sample::GET },
            Expected::Int(150),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
