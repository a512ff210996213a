//! `beacon.hidden_input`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::BeaconHiddenInput).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How many pointer, wheel, touch and key events came while the page was hidden.",
    evasion: "Keeping the driven page in front.",
    honest_cost: "A browser may deliver the last event after it hides the page: one or two.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::BeaconHiddenInput, 12)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(12),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
