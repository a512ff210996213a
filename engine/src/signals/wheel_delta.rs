//! `wheel.delta`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::WheelDelta).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How far the wheel scrolls an event.",
    evasion: "Any number.",
    honest_cost: "Wheels, touch pads and free-spinning wheels differ by a factor of a hundred.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample { visit: Some(Visit { features: &[(Feature::WheelDelta, 100)], ..Visit::INSIDE }), ..Sample::GET },
            Expected::Int(100),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
