//! `pointer.straightness`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerStraightness).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How straight movements are.",
    evasion: "Any curve; too straight and too bent are both rare.",
    honest_cost: "Trained players are straight, trembling hands are not.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::PointerStraightness, 940)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(940),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
