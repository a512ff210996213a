//! `tls.ja4_cipher_hash`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.ja4().map(|ja4| Value::Text(ja4.cipher_hash))
}

pub(super) const PAGE: Page = Page {
    means: "The part of JA4 that is the hash of the offered ciphers: it stays when a session is resumed or ALPN changes.",
    evasion: "A library that imitates a browser's hello, as curl_cffi does.",
    honest_cost: "TLS-inspecting gateways and antivirus software show their own hello.",
    seen_by: "Envoy with a TLS inspector, over TCP; Cloudflare plans that give it",
    examples: &[
        (
            Sample { ja4: Fact::Known("t13d1516h2_8daaf6152771_d8a2da3f94cd"), ..Sample::GET },
            Expected::Text("8daaf6152771"),
        ),
        (Sample { ja4: Fact::Known("nonsense"), ..Sample::GET }, Expected::Unavailable),
        (Sample { ja4: Fact::Absent, ..Sample::GET }, Expected::Absent),
    ],
};
