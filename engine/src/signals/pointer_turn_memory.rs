//! `pointer.turn_memory`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerTurnMemory).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "Whether a bend goes on: above 500 for curves, below for a zigzag of noise.",
    evasion: "Noise that is smoothed over some 50 ms, or recorded motion.",
    honest_cost: "Coarse sensors zigzag.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::PointerTurnMemory, 540)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(540),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
