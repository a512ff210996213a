//! `pointer.bell_spread`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerBellSpread).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How much the course of one movement differs from the next: near 0 for a time law that is always the same.",
    evasion: "Drawing the time law anew for every movement.",
    honest_cost: "Few movements vary little by chance.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit {
                    features: &[(Feature::PointerStrokes, 3), (Feature::PointerBellSpread, 90)],
                    ..Visit::INSIDE
                }),
                ..Sample::GET
            },
            Expected::Int(90),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
