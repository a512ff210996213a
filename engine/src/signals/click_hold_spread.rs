//! `click.hold_spread`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::ClickHoldSpread).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How much the time that buttons are down varies.",
    evasion: "A random delay.",
    honest_cost: "Touch pads that tap have one fixed time; a few clicks say nothing.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::ClickHoldSpread, 310)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(310),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
