//! `key.flight_spread`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::KeyFlightSpread).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How much the time from key to key varies.",
    evasion: "Random delays from a distribution that people have.",
    honest_cost: "Key repeat, macro keyboards and switch access are regular.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::KeyFlightSpread, 520)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(520),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
