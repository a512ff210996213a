//! `touch.events`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::TouchEvents).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How many touch events were observed.",
    evasion: "Sending more.",
    honest_cost: "Mouse and keyboard visitors have none, which is no observation.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample { visit: Some(Visit { features: &[(Feature::TouchEvents, 96)], ..Visit::INSIDE }), ..Sample::GET },
            Expected::Int(96),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
