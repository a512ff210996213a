//! `wheel.delta_spread`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::WheelDeltaSpread).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How much that varies.",
    evasion: "Random numbers.",
    honest_cost: "A notched wheel has one fixed step.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::WheelDeltaSpread, 0)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(0),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
