//! `header.count`

use super::{Expected, Page, Reading, Sample, Scene};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.of_all_headers(|| scene.facts().headers.list.len().into())
}

pub(super) const PAGE: Page = Page {
    means: "How many headers the request has, repeated ones counted each; without pseudo-headers and what the host itself added.",
    evasion: "More header lines.",
    honest_cost: "Browsers send 8 to 20; scripts of a page may send more.",
    seen_by: "every host",
    examples: &[
        (Sample { headers: &[("accept", "*/*"), ("accept", "text/html")], ..Sample::GET }, Expected::Int(2)),
        (Sample::GET, Expected::Int(0)),
    ],
};
