//! `click.count`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::ClickCount).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How many times a button went down.",
    evasion: "Clicking more or less often.",
    honest_cost: "None: it is how much the other click signals rest on.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample { visit: Some(Visit { features: &[(Feature::ClickCount, 4)], ..Visit::INSIDE }), ..Sample::GET },
            Expected::Int(4),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
