//! `tls.ja4`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.facts().connection.ja4.map(Value::Text)
}

pub(super) const PAGE: Page = Page {
    means: "JA4 of the TLS hello (FoxIO, BSD-3-Clause). One client has several: it changes when a session is resumed and with ALPN.",
    evasion: "A library that imitates a browser's hello, as curl_cffi does.",
    honest_cost: "A value that is not in a list says nothing: lists of browsers are stale within weeks. TLS-inspecting gateways and antivirus software show their own hello.",
    seen_by: "Envoy with a TLS inspector, over TCP; Cloudflare plans that give it",
    examples: &[
        (
            Sample { ja4: Fact::Known("t13d1516h2_8daaf6152771_d8a2da3f94cd"), ..Sample::GET },
            Expected::Text("t13d1516h2_8daaf6152771_d8a2da3f94cd"),
        ),
        (Sample { ja4: Fact::Absent, ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Unavailable),
    ],
};
