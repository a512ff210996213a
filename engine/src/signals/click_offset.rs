//! `click.offset`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::ClickOffset).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How far from the centre of their element clicks are.",
    evasion: "A random offset.",
    honest_cost: "Large elements are clicked anywhere, small ones near the centre.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample { visit: Some(Visit { features: &[(Feature::ClickOffset, 420)], ..Visit::INSIDE }), ..Sample::GET },
            Expected::Int(420),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
