//! `pointer.bow`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerBow).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How far movements bow out from the straight way.",
    evasion: "A path with a bow.",
    honest_cost: "Circles and detours bow a lot; a ruler or a key-driven pointer does not.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample { visit: Some(Visit { features: &[(Feature::PointerBow, 120)], ..Visit::INSIDE }), ..Sample::GET },
            Expected::Int(120),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
