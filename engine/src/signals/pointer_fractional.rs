//! `pointer.fractional`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerFractional).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How many places of the pointer have fractions of a pixel.",
    evasion: "Rounding, one line; Selenium does it itself.",
    honest_cost: "Zoomed pages and displays with fractional scale have them.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::PointerFractional, 850)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(850),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
