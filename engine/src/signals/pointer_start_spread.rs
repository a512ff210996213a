//! `pointer.start_spread`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerStartSpread).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How much movements differ in how they begin.",
    evasion: "Drawing the time law anew for every movement.",
    honest_cost: "Few movements vary little by chance.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit {
                    features: &[(Feature::PointerStrokes, 3), (Feature::PointerStartSpread, 120)],
                    ..Visit::INSIDE
                }),
                ..Sample::GET
            },
            Expected::Int(120),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
