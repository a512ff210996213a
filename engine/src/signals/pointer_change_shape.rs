//! `pointer.change_shape`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerChangeShape).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How alike the sizes of changes of speed are: 1000 all the same.",
    evasion: "Motion with rests and bursts, or recorded motion.",
    honest_cost: "Single, even movements have few sizes.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::PointerChangeShape, 620)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(620),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
