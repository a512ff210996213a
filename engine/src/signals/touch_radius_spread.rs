//! `touch.radius_spread`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::TouchRadiusSpread).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How much the size of touches varies.",
    evasion: "Random values.",
    honest_cost: "Styluses and many screens report one fixed size.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::TouchRadiusSpread, 140)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(140),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
