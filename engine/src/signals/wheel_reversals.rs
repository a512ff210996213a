//! `wheel.reversals`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::WheelReversals).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How often the wheel turns back.",
    evasion: "Scrolling back.",
    honest_cost: "Readers who look for something turn back often.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::WheelReversals, 110)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(110),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
