//! `pointer.straightness_spread`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerStraightnessSpread).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How much movements differ in how straight they are.",
    evasion: "Drawing the path's parameters anew for every movement.",
    honest_cost: "Few movements vary little by chance.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit {
                    features: &[(Feature::PointerStrokes, 3), (Feature::PointerStraightnessSpread, 140)],
                    ..Visit::INSIDE
                }),
                ..Sample::GET
            },
            Expected::Int(140),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
