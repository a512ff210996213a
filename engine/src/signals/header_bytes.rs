//! `header.bytes`

use super::{Expected, Page, Reading, Sample, Scene};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    let sizes = scene.facts().headers.list.iter().map(|(name, value)| name.len() + value.len());
    scene.of_all_headers(|| sizes.sum::<usize>().into())
}

pub(super) const PAGE: Page = Page {
    means: "Bytes of all header names and values together.",
    evasion: "Free in both directions.",
    honest_cost: "Large cookies make large headers.",
    seen_by: "every host",
    examples: &[
        (Sample { headers: &[("accept", "*/*"), ("te", "")], ..Sample::GET }, Expected::Int(11)),
        (Sample::GET, Expected::Int(0)),
    ],
};
