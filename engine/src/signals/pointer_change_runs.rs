//! `pointer.change_runs`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerChangeRuns).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How long a pointer goes on gaining or losing speed.",
    evasion: "Smoothed noise, or recorded motion.",
    honest_cost: "Coarse sensors jitter from step to step.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::PointerChangeRuns, 560)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(560),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
