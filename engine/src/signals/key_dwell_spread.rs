//! `key.dwell_spread`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::KeyDwellSpread).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How much the time that keys are down varies.",
    evasion: "Random delays from a distribution that people have.",
    honest_cost: "Keyboards on screens, remappers and switch access send keys of one fixed time.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::KeyDwellSpread, 280)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(280),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
