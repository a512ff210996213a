//! `pointer.jumps`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerJumps).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How much of the way was made in single jumps.",
    evasion: "Moving in steps.",
    honest_cost: "Touch screens seen as a mouse, tablets, eye trackers, remote desktops and pages that stall jump.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample { visit: Some(Visit { features: &[(Feature::PointerJumps, 900)], ..Visit::INSIDE }), ..Sample::GET },
            Expected::Int(900),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
