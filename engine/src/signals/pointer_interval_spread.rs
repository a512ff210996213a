//! `pointer.interval_spread`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerIntervalSpread).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How much the time between moves varies.",
    evasion: "Random delays.",
    honest_cost: "Loaded machines vary much, idle ones hardly.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::PointerIntervalSpread, 210)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(210),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
