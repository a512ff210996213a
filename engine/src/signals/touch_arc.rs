//! `touch.arc`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::TouchArc).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How much swipes bend: thumbs turn about their joint.",
    evasion: "Any curve.",
    honest_cost: "Prosthetics, styluses and switch access swipe straight.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample { visit: Some(Visit { features: &[(Feature::TouchArc, 80)], ..Visit::INSIDE }), ..Sample::GET },
            Expected::Int(80),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
