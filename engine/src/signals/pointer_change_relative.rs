//! `pointer.change_relative`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerChangeRelative).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How much of its speed a pointer gains or loses in a 60th of a second.",
    evasion: "Noise in the speed of the right size, or recorded motion.",
    honest_cost: "Slow and trembling hands change more.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::PointerChangeRelative, 260)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(260),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
