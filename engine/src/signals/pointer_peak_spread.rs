//! `pointer.peak_spread`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerPeakSpread).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How much movements differ in when they are fastest.",
    evasion: "Drawing the time law anew for every movement.",
    honest_cost: "Few movements vary little by chance.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit {
                    features: &[(Feature::PointerStrokes, 3), (Feature::PointerPeakSpread, 180)],
                    ..Visit::INSIDE
                }),
                ..Sample::GET
            },
            Expected::Int(180),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
