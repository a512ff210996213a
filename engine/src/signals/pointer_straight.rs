//! `pointer.straight`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerStraight).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How many long movements are straight lines to the pixel.",
    evasion: "Any curve.",
    honest_cost: "Pulling a slider, drawing with a ruler, moving along an edge of the screen, Mouse Keys and switch access are straight.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::PointerStraight, 1000)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(1000),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
