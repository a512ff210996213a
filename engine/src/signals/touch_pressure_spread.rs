//! `touch.pressure_spread`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::TouchPressureSpread).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How much the pressure of touches varies.",
    evasion: "Random values.",
    honest_cost: "Many screens report one fixed pressure.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::TouchPressureSpread, 30)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(30),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
