//! `key.flight`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::KeyFlight).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How long it takes from key to key while typing.",
    evasion: "A random delay.",
    honest_cost: "People differ widely; password managers and autofill type at once.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample { visit: Some(Visit { features: &[(Feature::KeyFlight, 180)], ..Visit::INSIDE }), ..Sample::GET },
            Expected::Int(180),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
