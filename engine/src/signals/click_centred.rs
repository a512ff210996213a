//! `click.centred`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::ClickCentred).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How many of the clicks hit the exact centre of their element.",
    evasion: "A random offset: one line, and ghost-cursor and HumanCursor have it.",
    honest_cost: "Small targets and keyboard-like pointing devices hit the centre now and then; a few clicks say nothing.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::ClickCentred, 1000)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(1000),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
