//! `pointer.curvature_spread`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerCurvatureSpread).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How differently the path bends.",
    evasion: "Sending recorded human motion, or motion from a model that learned it.",
    honest_cost: "As of the mean bend.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::PointerCurvatureSpread, 480)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(480),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
