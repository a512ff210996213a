//! `pointer.directions`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerDirections).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How many directions the path takes: 0 one, 1000 all alike.",
    evasion: "Visiting targets in all directions.",
    honest_cost: "A visit of one scroll bar or one slider has few.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::PointerDirections, 820)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(820),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
