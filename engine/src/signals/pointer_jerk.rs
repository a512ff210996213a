//! `pointer.jerk`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerJerk).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How jagged the speed is: 1000 when it changes as much from one step to the next as within one.",
    evasion: "Sending recorded human motion, or motion from a model that learned it.",
    honest_cost: "Trembling hands and cheap sensors are jagged.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample { visit: Some(Visit { features: &[(Feature::PointerJerk, 980)], ..Visit::INSIDE }), ..Sample::GET },
            Expected::Int(980),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
