//! `click.unled`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::ClickUnled).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How many clicks far from the one before had hardly a move on the way.",
    evasion: "Moving the pointer in steps: all drivers can.",
    honest_cost: "Touch screens that are seen as a mouse, graphics tablets, eye trackers and remote desktops jump.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample { visit: Some(Visit { features: &[(Feature::ClickUnled, 1000)], ..Visit::INSIDE }), ..Sample::GET },
            Expected::Int(1000),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
