//! `tls.ja4_extensions`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.ja4().map(|ja4| Value::from(u32::from(ja4.extensions)))
}

pub(super) const PAGE: Page = Page {
    means: "How many extensions the hello has, by JA4: 99 means 99 or more.",
    evasion: "A library that imitates a browser's hello, as curl_cffi does.",
    honest_cost: "TLS-inspecting gateways and antivirus software show their own hello.",
    seen_by: "Envoy with a TLS inspector, over TCP; Cloudflare plans that give it",
    examples: &[
        (Sample { ja4: Fact::Known("t13d1516h2_8daaf6152771_d8a2da3f94cd"), ..Sample::GET }, Expected::Int(16)),
        (Sample { ja4: Fact::Known("nonsense"), ..Sample::GET }, Expected::Unavailable),
        (Sample { ja4: Fact::Absent, ..Sample::GET }, Expected::Absent),
    ],
};
