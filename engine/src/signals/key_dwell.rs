//! `key.dwell`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::KeyDwell).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How long keys are down.",
    evasion: "A random delay, which drivers offer as an option.",
    honest_cost: "People differ widely; keyboards on screens have a fixed short time.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample { visit: Some(Visit { features: &[(Feature::KeyDwell, 96)], ..Visit::INSIDE }), ..Sample::GET },
            Expected::Int(96),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
