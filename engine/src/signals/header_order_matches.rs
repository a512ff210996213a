//! `header.order_matches`

use super::{
    Expected, Fact, Page, Reading, Sample, Scene, Value,
    scene::{Engine, Known},
};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    let browser = scene.mainstream().and_then(|(engine, agent)| {
        let is_compared = agent.engine_major >= Some(oldest(engine));
        if is_compared { Fact::Known(engine) } else { Fact::Absent }
    });
    let page = scene.is_navigation().map(|navigates| !navigates);
    let compared = browser.unless(page).unless(scene.is_special());
    if compared.is_known() && !scene.facts().headers.ordered {
        return Fact::Unavailable;
    }
    compared.and_then(|engine| {
        scene.of_all_headers(|| Value::Bool(templates(engine).iter().any(|template| scene.in_order(template))))
    })
}

/// The first versions to which the templates were compared: Chrome 98 and a Chrome 90 among the recorded sets.
const fn oldest(engine: Engine) -> u32 {
    match engine {
        Engine::Chromium => 89,
        Engine::Gecko | Engine::WebKit => 0,
    }
}

/// Orders of page views: `browser_signatures` of curl-impersonate (MIT, 43 browsers) and `headers-order.json` of
/// header-generator (Apache-2.0). Safari has had four.
const fn templates(engine: Engine) -> &'static [&'static [Known]] {
    use Known::*;
    match engine {
        Engine::Chromium => &[&[
            CacheControl,
            SecChUa,
            SecChUaMobile,
            SecChUaPlatform,
            UpgradeInsecureRequests,
            UserAgent,
            Accept,
            SecFetchSite,
            SecFetchMode,
            SecFetchUser,
            SecFetchDest,
            Referer,
            AcceptEncoding,
            AcceptLanguage,
            Priority,
        ]],
        Engine::Gecko => &[&[
            UserAgent,
            Accept,
            AcceptLanguage,
            AcceptEncoding,
            ContentType,
            ContentLength,
            Origin,
            Referer,
            UpgradeInsecureRequests,
            SecFetchDest,
            SecFetchMode,
            SecFetchSite,
            SecFetchUser,
            Priority,
            Te,
        ]],
        Engine::WebKit => &[
            &[UserAgent, Accept, AcceptLanguage, AcceptEncoding],
            &[Accept, SecFetchSite, AcceptEncoding, SecFetchMode, UserAgent, AcceptLanguage, SecFetchDest],
            &[SecFetchDest, UserAgent, Accept, SecFetchSite, SecFetchMode, AcceptLanguage, Priority, AcceptEncoding],
            &[
                Referer,
                Origin,
                ContentType,
                Accept,
                UserAgent,
                ContentLength,
                AcceptEncoding,
                AcceptLanguage,
                SecFetchDest,
                SecFetchMode,
                SecFetchSite,
            ],
        ],
    }
}

pub(super) const PAGE: Page = Page {
    means: "The headers of a page view stand in the order that the claimed browser writes. Headers without a fixed place are passed over.",
    evasion: "A client that lets its user order headers, as curl_cffi does; rnet and primp fail for several browsers.",
    honest_cost: "Proxies that rewrite headers. None of 2,400 recorded header sets.",
    seen_by: "Envoy; not on a Worker",
    examples: &[
        (Sample::CHROME, Expected::Bool(true)),
        (
            Sample {
                headers: &[
                    ("accept", "text/html,application/xhtml+xml"),
                    (
                        "user-agent",
                        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36",
                    ),
                    ("sec-fetch-mode", "navigate"),
                ],
                ..Sample::GET
            },
            Expected::Bool(false),
        ),
        (Sample { ordered: false, ..Sample::CHROME }, Expected::Unavailable),
        (Sample { headers: &[("user-agent", "curl/8.5.0")], ..Sample::GET }, Expected::Absent),
    ],
};
