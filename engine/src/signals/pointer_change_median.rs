//! `pointer.change_median`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerChangeMedian).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How even changes of speed are: high when all are alike, low when most are small and some large.",
    evasion: "Motion with rests and bursts, or recorded motion.",
    honest_cost: "Touchpads and remote desktops send uneven steps.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::PointerChangeMedian, 450)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(450),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
