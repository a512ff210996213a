//! `pointer.agreement`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerAgreement).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How many moves say the same by movementX and movementY as by their places on the screen.",
    evasion: "Sending whole pixels; Selenium does.",
    honest_cost: "Zoom and displays with fractional scale make them differ by rounding.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::PointerAgreement, 60)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(60),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
