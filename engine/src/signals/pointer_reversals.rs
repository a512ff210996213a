//! `pointer.reversals`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerReversals).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How often the path bends to the other side than before: noise and tremor do, smooth curves do not.",
    evasion: "Sending recorded human motion, or motion from a model that learned it.",
    honest_cost: "Essential tremor reverses often.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::PointerReversals, 450)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(450),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
