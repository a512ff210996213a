//! `pointer.submovements`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerSubmovements).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How many times a movement gathers speed: people correct on the way.",
    evasion: "A time law with corrections, or recorded motion.",
    honest_cost: "Practised movements have one, uncertain ones many.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::PointerSubmovements, 170)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(170),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
