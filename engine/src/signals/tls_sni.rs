//! `tls.sni`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.facts().connection.sni.map(Value::Text)
}

pub(super) const PAGE: Page = Page {
    means: "The server name that the hello asks for.",
    evasion: "Any name.",
    honest_cost: "Absent when somebody asks by address, and from very old clients.",
    seen_by: "Envoy; not on a Worker",
    examples: &[
        (Sample { sni: Fact::Known("shop.example"), ..Sample::GET }, Expected::Text("shop.example")),
        (Sample { sni: Fact::Absent, ..Sample::GET }, Expected::Absent),
    ],
};
