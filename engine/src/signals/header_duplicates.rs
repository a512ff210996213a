//! `header.duplicates`

use super::{Expected, Page, Reading, Sample, Scene};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.of_all_headers(|| scene.repeated_headers().into())
}

pub(super) const PAGE: Page = Page {
    means: "How many of the well-known headers stand in the list more than once; cookies apart, which HTTP/2 clients may split.",
    evasion: "Not sending them twice.",
    honest_cost: "None known in browsers; chains of proxies repeat Via.",
    seen_by: "Envoy; a Worker sees repeated headers joined",
    examples: &[
        (
            Sample {
                headers: &[("accept", "*/*"), ("accept", "text/html"), ("cookie", "a=1"), ("cookie", "b=2")],
                ..Sample::GET
            },
            Expected::Int(1),
        ),
        (Sample::GET, Expected::Int(0)),
    ],
};
