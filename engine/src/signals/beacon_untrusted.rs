//! `beacon.untrusted`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::BeaconUntrusted).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How many of the pointer, wheel, touch and key events no user made, as the browser says. They count in no other feature, and add no confidence.",
    evasion: "Input through the driver's protocol, which the browser calls trusted: all drivers of today do.",
    honest_cost: "Extensions and assistive tools that dispatch pointer or key events on the page; a page's own scripts that do so. Its own `.click()` is not counted.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::BeaconUntrusted, 1000)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(1000),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
