//! `pointer.micro_pauses`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerMicroPauses).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How often a movement halts for a moment.",
    evasion: "Random pauses.",
    honest_cost: "Slow machines halt by themselves.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::PointerMicroPauses, 40)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(40),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
