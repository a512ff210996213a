//! `fetch.presence_matches`

use super::{
    Expected, Page, Reading, Sample, Scene, Value,
    scene::{Engine, Known},
};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    let sends = scene.mainstream().map(|(engine, agent)| match engine {
        Engine::Chromium => agent.engine_major >= Some(80),
        Engine::Gecko => agent.engine_major >= Some(90),
        Engine::WebKit => false,
    });
    let silent = sends.map(|sends| !sends);
    let [site, mode, dest] =
        [Known::SecFetchSite, Known::SecFetchMode, Known::SecFetchDest].map(|header| scene.has(header));
    let all = site.and_then(|site| mode.and_then(|mode| dest.map(|dest| site && mode && dest)));
    let compared = all.unless(silent).unless(scene.is_secure().map(|secure| !secure)).unless(scene.is_special());
    compared.map(Value::Bool)
}

pub(super) const PAGE: Page = Page {
    means: "A client that claims to be Chrome 80, Firefox 90 or later over https sends Sec-Fetch-Site, -Mode and -Dest, as those browsers do.",
    evasion: "Three header lines.",
    honest_cost: "Privacy proxies and old corporate gateways that drop unknown headers; Android's download manager under Chrome's name.",
    seen_by: "every host",
    examples: &[
        (Sample::CHROME, Expected::Bool(true)),
        (
            Sample {
                headers: &[(
                    "user-agent",
                    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36",
                )],
                ..Sample::GET
            },
            Expected::Bool(false),
        ),
        (
            Sample {
                scheme: "http",
                headers: &[(
                    "user-agent",
                    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36",
                )],
                ..Sample::GET
            },
            Expected::Absent,
        ),
        (Sample { headers: &[("user-agent", "curl/8.5.0")], ..Sample::GET }, Expected::Absent),
    ],
};
