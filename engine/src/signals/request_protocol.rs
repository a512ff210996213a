//! `request.protocol`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.facts().request.protocol.map(|protocol| Value::from(protocol.name()))
}

pub(super) const PAGE: Page = Page {
    means: "The protocol that the client speaks: `HTTP/1.0`, `HTTP/1.1`, `HTTP/2`, `HTTP/3`.",
    evasion: "An HTTP/2 library.",
    honest_cost: "Corporate proxies and old devices speak HTTP/1.1, as does every WebSocket of most browsers.",
    seen_by: "every host",
    examples: &[
        (Sample::GET, Expected::Text("HTTP/2")),
        (Sample { protocol: Fact::Unavailable, ..Sample::GET }, Expected::Unavailable),
    ],
};
