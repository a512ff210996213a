//! `beacon.time`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::BeaconTime).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How long events were observed, without the time between batches.",
    evasion: "Waiting.",
    honest_cost: "Short visits are short.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample { visit: Some(Visit { features: &[(Feature::BeaconTime, 1240)], ..Visit::INSIDE }), ..Sample::GET },
            Expected::Int(1240),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
