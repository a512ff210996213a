//! `pointer.curvature`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerCurvature).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How much the path bends from sample to sample.",
    evasion: "Sending recorded human motion, or motion from a model that learned it.",
    honest_cost: "Trembling hands and rough surfaces bend more; guided pointing devices less.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::PointerCurvature, 210)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(210),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
