//! `pointer.coalesced`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerCoalesced).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How many events the browser joins into a move: a mouse reports more often than a page is drawn.",
    evasion: "Input from outside of the browser, through the operating system; drivers' protocols send one by one.",
    honest_cost: "A mouse that reports at the rate of the screen has one; so do touch pads and remote desktops.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::PointerCoalesced, 360)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(360),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
