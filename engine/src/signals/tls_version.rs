//! `tls.version`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.facts().connection.tls_version.map(Value::Text)
}

pub(super) const PAGE: Page = Page {
    means: "The negotiated TLS version: `TLSv1.3`.",
    evasion: "Offering it.",
    honest_cost: "Old devices negotiate TLSv1.2.",
    seen_by: "every host",
    examples: &[
        (Sample { tls_version: Fact::Known("TLSv1.3"), ..Sample::GET }, Expected::Text("TLSv1.3")),
        (Sample { tls_version: Fact::Absent, ..Sample::GET }, Expected::Absent),
    ],
};
