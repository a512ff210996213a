//! `click.hold`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::ClickHold).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How long buttons are down.",
    evasion: "A random delay between press and release; most drivers have an option for it.",
    honest_cost: "Slow and trembling hands hold long, touch pads that tap hold for a fixed short time.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample { visit: Some(Visit { features: &[(Feature::ClickHold, 92)], ..Visit::INSIDE }), ..Sample::GET },
            Expected::Int(92),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
