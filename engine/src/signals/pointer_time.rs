//! `pointer.time`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerTime).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How long the pointer moved.",
    evasion: "Moving more.",
    honest_cost: "None: it is how much others rest on.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample { visit: Some(Visit { features: &[(Feature::PointerTime, 640)], ..Visit::INSIDE }), ..Sample::GET },
            Expected::Int(640),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
