//! `tls.library`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.ja4().and_then(|ja4| Fact::from_option(ja4.library())).map(Value::from)
}

pub(super) const PAGE: Page = Page {
    means: "The TLS library whose hello this is: `openssl` (curl, ab, wrk), `python`, `node`, `go`, `java`, `gnutls` (wget), `okhttp`. Absent when the hello is none that was recorded, which says nothing.",
    evasion: "A library that imitates a browser's hello, as curl_cffi does.",
    honest_cost: "Apps and feed readers that people use are made with these libraries: together with a browser's user agent it contradicts, alone it does not.",
    seen_by: "Envoy with a TLS inspector, over TCP; Cloudflare plans that give it",
    examples: &[
        (Sample { ja4: Fact::Known("t13d3112h2_e8f1e7e78f70_b26ce05bbdd6"), ..Sample::GET }, Expected::Text("openssl")),
        (Sample { ja4: Fact::Known("t13d190900_9dc949149365_97f8aa674fd9"), ..Sample::GET }, Expected::Text("go")),
        (Sample { ja4: Fact::Known("t13d1516h2_8daaf6152771_d8a2da3f94cd"), ..Sample::GET }, Expected::Absent),
        (Sample { ja4: Fact::Absent, ..Sample::GET }, Expected::Absent),
    ],
};
