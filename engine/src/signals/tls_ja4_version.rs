//! `tls.ja4_version`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.ja4().map(|ja4| Value::Text(ja4.version))
}

pub(super) const PAGE: Page = Page {
    means: "Transport and highest version that the hello offers, as JA4 writes them: `t13` is TLS 1.3 over TCP, `q13` over QUIC.",
    evasion: "A library that imitates a browser's hello, as curl_cffi does.",
    honest_cost: "TLS-inspecting gateways and antivirus software show their own hello.",
    seen_by: "Envoy with a TLS inspector, over TCP; Cloudflare plans that give it",
    examples: &[
        (Sample { ja4: Fact::Known("t13d1516h2_8daaf6152771_d8a2da3f94cd"), ..Sample::GET }, Expected::Text("t13")),
        (Sample { ja4: Fact::Known("nonsense"), ..Sample::GET }, Expected::Unavailable),
        (Sample { ja4: Fact::Absent, ..Sample::GET }, Expected::Absent),
    ],
};
