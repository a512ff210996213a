//! `beacon.events`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::BeaconEvents).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How many events of any kind were observed in the window.",
    evasion: "Sending more: the count is no proof of a person, only of how much the rest rests on.",
    honest_cost: "Visitors who read without moving have few; that is no observation, and no fault.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample { visit: Some(Visit { features: &[(Feature::BeaconEvents, 240)], ..Visit::INSIDE }), ..Sample::GET },
            Expected::Int(240),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
