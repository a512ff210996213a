//! `header.upgrade_insecure_matches`

use super::{
    Expected, Fact, Page, Reading, Sample, Scene, Value,
    scene::{Engine, Known},
};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    let compared = matches!(scene.mainstream(), Some((Engine::Chromium | Engine::Gecko, _)));
    if !compared || scene.is_special() || scene.has(Known::SecPurpose) {
        return Fact::Absent;
    }
    let page = scene.is_navigation() && scene.known(Known::SecFetchDest).is_none_or(|dest| dest == b"document");
    let sent = scene.known(Known::UpgradeInsecureRequests);
    match (page, scene.is_navigation()) {
        (true, _) => Fact::Known(Value::Bool(sent == Some(b"1"))),
        (false, false) => Fact::Known(Value::Bool(sent.is_none())),
        (false, true) => Fact::Absent,
    }
}

pub(super) const PAGE: Page = Page {
    means: "Chrome and Firefox send `Upgrade-Insecure-Requests: 1` with every page view and with nothing else.",
    evasion: "One header line more or less.",
    honest_cost: "None known but noise: 6 of 2,400 recorded header sets.",
    seen_by: "every host",
    examples: &[
        (Sample::CHROME, Expected::Bool(true)),
        (
            Sample {
                headers: &[
                    (
                        "user-agent",
                        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36",
                    ),
                    ("accept", "text/html,application/xhtml+xml"),
                ],
                ..Sample::GET
            },
            Expected::Bool(false),
        ),
        (
            Sample {
                headers: &[
                    (
                        "user-agent",
                        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36",
                    ),
                    ("upgrade-insecure-requests", "1"),
                    ("sec-fetch-mode", "cors"),
                ],
                ..Sample::GET
            },
            Expected::Bool(false),
        ),
        (
            Sample {
                headers: &[(
                    "user-agent",
                    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.4 Safari/605.1.15",
                )],
                ..Sample::GET
            },
            Expected::Absent,
        ),
    ],
};
