//! `tls.ja3`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.facts().connection.ja3.map(Value::Text)
}

pub(super) const PAGE: Page = Page {
    means: "JA3 of the hello, 32 hex digits. Chrome and Firefox permute their extensions, so theirs changes with every connection: only good for clients that do not.",
    evasion: "A library that imitates a browser's hello, as curl_cffi does.",
    honest_cost: "TLS-inspecting gateways and antivirus software show their own hello.",
    seen_by: "Envoy with a TLS inspector, over TCP; Cloudflare plans that give it",
    examples: &[
        (
            Sample { ja3: Fact::Known("0149f47eabf9a20d0893e2a44e5a6323"), ..Sample::GET },
            Expected::Text("0149f47eabf9a20d0893e2a44e5a6323"),
        ),
        (Sample { ja3: Fact::Absent, ..Sample::GET }, Expected::Absent),
    ],
};
