//! `beacon.presses`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::BeaconPresses).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How many clicks came that no pointer made.",
    evasion: "None needed: programs make them by `element.click()`, people by the keyboard.",
    honest_cost: "Keyboard and assistive technology click like this; it must never count against anybody alone.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample { visit: Some(Visit { features: &[(Feature::BeaconPresses, 3)], ..Visit::INSIDE }), ..Sample::GET },
            Expected::Int(3),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
