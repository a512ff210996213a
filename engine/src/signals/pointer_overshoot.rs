//! `pointer.overshoot`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerOvershoot).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How often a movement goes beyond its end and comes back.",
    evasion: "A second target behind the first: ghost-cursor does it.",
    honest_cost: "Fast movers overshoot more; touch pads less.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::PointerOvershoot, 120)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(120),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
