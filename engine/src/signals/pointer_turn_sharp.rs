//! `pointer.turn_sharp`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerTurnSharp).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How often the way turns sharply.",
    evasion: "Corrections that turn back, or recorded motion.",
    honest_cost: "Trembling hands turn sharply at every step.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::PointerTurnSharp, 130)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(130),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
