//! `pointer.settling`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerSettling).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How long movements take to settle on their target: people correct, and slow down for it.",
    evasion: "Corrections at the end of each movement, or recorded motion.",
    honest_cost: "Large targets need no settling.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::PointerSettling, 410)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(410),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
