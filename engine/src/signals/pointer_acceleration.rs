//! `pointer.acceleration`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerAcceleration).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How strongly the pointer speeds up and slows down.",
    evasion: "Sending recorded human motion, or motion from a model that learned it.",
    honest_cost: "Different mice, touch pads and hands differ by a factor of ten.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::PointerAcceleration, 740)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(740),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
