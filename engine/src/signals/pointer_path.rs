//! `pointer.path`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerPath).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How far the pointer went.",
    evasion: "Moving more.",
    honest_cost: "None: it is how much the others rest on.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample { visit: Some(Visit { features: &[(Feature::PointerPath, 830)], ..Visit::INSIDE }), ..Sample::GET },
            Expected::Int(830),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
