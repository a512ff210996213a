//! `pointer.strokes`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::PointerStrokes).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How many long movements were observed.",
    evasion: "Moving more.",
    honest_cost: "None: it is how much others rest on.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample { visit: Some(Visit { features: &[(Feature::PointerStrokes, 9)], ..Visit::INSIDE }), ..Sample::GET },
            Expected::Int(9),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
