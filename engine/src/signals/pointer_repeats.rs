//! `pointer.repeats`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerRepeats).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How often a step of the pointer repeats the one before to the pixel.",
    evasion: "A time law other than a constant one, or noise.",
    honest_cost: "Mouse Keys, switch access and steady dragging along an edge repeat steps; short steps are not counted.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::PointerRepeats, 930)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(930),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
