//! `key.events`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::KeyEvents).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How many keys went up.",
    evasion: "Typing more.",
    honest_cost: "None: it is how much the other key signals rest on.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample { visit: Some(Visit { features: &[(Feature::KeyEvents, 40)], ..Visit::INSIDE }), ..Sample::GET },
            Expected::Int(40),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
