//! `tls.matches_ua`

use super::{
    Expected, Fact, Page, Reading, Sample, Scene, Value,
    scene::{Engine, Platform, TlsFamily},
};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.claim().and_then(|(engine, agent)| {
        // WebKit elsewhere has the TLS library of its system.
        if engine == Engine::WebKit && !matches!(agent.platform, Some(Platform::Ios | Platform::MacOs)) {
            return Fact::Absent;
        }
        scene.ja4().and_then(|ja4| match (ja4.family(), ja4.library()) {
            (Some(family), _) => Fact::Known(Value::Bool(family == expected(engine))),
            (None, Some(_)) => Fact::Known(Value::Bool(false)),
            (None, None) => Fact::Absent,
        })
    })
}

const fn expected(engine: Engine) -> TlsFamily {
    match engine {
        Engine::Chromium => TlsFamily::Chromium,
        Engine::Gecko => TlsFamily::Firefox,
        Engine::WebKit => TlsFamily::Safari,
    }
}

pub(super) const PAGE: Page = Page {
    means: "The TLS hello is that of the browser in the user agent: false when it is a known library's or another engine's. Absent when the hello is not known.",
    evasion: "A library that imitates a browser's hello, as curl_cffi does.",
    honest_cost: "TLS-inspecting gateways and antivirus software show their own hello. None of 43 recorded browsers.",
    seen_by: "Envoy with a TLS inspector, over TCP; Cloudflare plans that give it",
    examples: &[
        (Sample { ja4: Fact::Known("t13d1516h2_8daaf6152771_d8a2da3f94cd"), ..Sample::CHROME }, Expected::Bool(true)),
        (Sample { ja4: Fact::Known("t13d3112h2_e8f1e7e78f70_b26ce05bbdd6"), ..Sample::CHROME }, Expected::Bool(false)),
        (Sample { ja4: Fact::Known("t13d1717h2_5b57614c22b0_3cbfd9057e0d"), ..Sample::CHROME }, Expected::Bool(false)),
        (Sample { ja4: Fact::Known("t13d0000h2_000000000000_000000000000"), ..Sample::CHROME }, Expected::Absent),
        (Sample { ja4: Fact::Known("t13d3112h2_e8f1e7e78f70_b26ce05bbdd6"), ..Sample::GET }, Expected::Absent),
    ],
};
