//! `pointer.speed_spread`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerSpeedSpread).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How much the speed varies: people start slowly, race and slow down.",
    evasion: "An eased time law.",
    honest_cost: "Short movements vary less.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::PointerSpeedSpread, 1050)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(1050),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
