//! `pointer.interval`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerInterval).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How much time passes between moves.",
    evasion: "A timer of the right rate.",
    honest_cost: "Old and remote machines are slow; pages under load deliver late.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::PointerInterval, 1660)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(1660),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
