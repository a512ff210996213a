//! `tls.ja4_extension_hash`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.ja4().map(|ja4| Value::Text(ja4.extension_hash))
}

pub(super) const PAGE: Page = Page {
    means: "The part of JA4 that is the hash of extensions and signature algorithms: it changes when a session is resumed.",
    evasion: "A library that imitates a browser's hello, as curl_cffi does.",
    honest_cost: "TLS-inspecting gateways and antivirus software show their own hello.",
    seen_by: "Envoy with a TLS inspector, over TCP; Cloudflare plans that give it",
    examples: &[
        (
            Sample { ja4: Fact::Known("t13d1516h2_8daaf6152771_d8a2da3f94cd"), ..Sample::GET },
            Expected::Text("d8a2da3f94cd"),
        ),
        (Sample { ja4: Fact::Known("nonsense"), ..Sample::GET }, Expected::Unavailable),
        (Sample { ja4: Fact::Absent, ..Sample::GET }, Expected::Absent),
    ],
};
