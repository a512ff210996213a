//! `tls.alpn`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.facts().connection.alpn.map(Value::Text)
}

pub(super) const PAGE: Page = Page {
    means: "The protocol negotiated by ALPN: `h2`, `http/1.1`.",
    evasion: "Offering others.",
    honest_cost: "Old devices and some proxies negotiate none.",
    seen_by: "Workers, for HTTP/2 and HTTP/3; Envoy has no command operator for it",
    examples: &[
        (Sample { alpn: Fact::Known("h2"), ..Sample::GET }, Expected::Text("h2")),
        (Sample { alpn: Fact::Absent, ..Sample::GET }, Expected::Absent),
    ],
};
