//! `click.hover`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::ClickHover).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How long the pointer rests before it clicks.",
    evasion: "A random pause.",
    honest_cost: "People with a tremor click while they move; games are clicked fast.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample { visit: Some(Visit { features: &[(Feature::ClickHover, 180)], ..Visit::INSIDE }), ..Sample::GET },
            Expected::Int(180),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
