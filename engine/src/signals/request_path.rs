//! `request.path`

use super::{Expected, Page, Reading, Sample, Scene, Value};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.path().map(Value::Text)
}

pub(super) const PAGE: Page = Page {
    means: "The path as it was sent, without the query: neither decoded nor normalised; on Workers as `fetch` writes it.",
    evasion: "It is what the client asks for.",
    honest_cost: "None by itself.",
    seen_by: "every host",
    examples: &[(Sample { target: "/a%20b/../c?d=e", ..Sample::GET }, Expected::Text("/a%20b/../c"))],
};
