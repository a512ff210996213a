//! `tls.family`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.ja4().and_then(|ja4| Fact::from_option(ja4.family())).map(|family| Value::from(family.name()))
}

pub(super) const PAGE: Page = Page {
    means: "The browser engine whose TLS hello this is: `chromium`, `firefox`, `safari`. Absent when the hello is none that was recorded, which says nothing.",
    evasion: "A library that imitates a browser's hello, as curl_cffi does.",
    honest_cost: "Everything on iOS is `safari`, whatever its name. TLS-inspecting gateways and antivirus software show their own hello.",
    seen_by: "Envoy with a TLS inspector, over TCP; Cloudflare plans that give it",
    examples: &[
        (
            Sample { ja4: Fact::Known("t13d1516h2_8daaf6152771_d8a2da3f94cd"), ..Sample::GET },
            Expected::Text("chromium"),
        ),
        (Sample { ja4: Fact::Known("t13d1513h2_8daaf6152771_748f4c70de1c"), ..Sample::GET }, Expected::Text("firefox")),
        (Sample { ja4: Fact::Known("t13d3112h2_e8f1e7e78f70_b26ce05bbdd6"), ..Sample::GET }, Expected::Absent),
        (Sample { ja4: Fact::Absent, ..Sample::GET }, Expected::Absent),
    ],
};
