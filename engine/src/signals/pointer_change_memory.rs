//! `pointer.change_memory`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerChangeMemory).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "Whether a change of speed goes on: above 500 for smooth motion, below for jitter.",
    evasion: "Noise that is smoothed over some 50 ms, or recorded motion.",
    honest_cost: "Coarse sensors jitter from step to step.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::PointerChangeMemory, 520)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(520),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
