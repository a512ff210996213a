//! `pointer.end_spread`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerEndSpread).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How much movements differ in how they end.",
    evasion: "Drawing the time law anew for every movement.",
    honest_cost: "Few movements vary little by chance.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit {
                    features: &[(Feature::PointerStrokes, 3), (Feature::PointerEndSpread, 110)],
                    ..Visit::INSIDE
                }),
                ..Sample::GET
            },
            Expected::Int(110),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
