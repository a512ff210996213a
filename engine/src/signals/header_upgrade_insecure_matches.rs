//! `header.upgrade_insecure_matches`

use super::{
    Expected, Fact, Page, Reading, Sample, Scene, Value,
    scene::{Engine, Known},
};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    let compared = scene.mainstream().and_then(|(engine, _)| match engine {
        Engine::Chromium | Engine::Gecko => Fact::Known(()),
        Engine::WebKit => Fact::Absent,
    });
    let compared = compared.unless(scene.is_special()).unless(scene.has(Known::SecPurpose));
    let sent = compared.and_then(|()| scene.known(Known::UpgradeInsecureRequests).optional());
    sent.and_then(|sent| match is_page(scene) {
        Fact::Known(true) => Fact::Known(Value::Bool(sent == Some(b"1"))),
        Fact::Known(false) => Fact::Known(Value::Bool(sent.is_none())),
        other => other.map(Value::Bool),
    })
}

/// Whether this asks for a page of its own; absent where it navigates something inside one.
fn is_page(scene: &Scene<'_>) -> Fact<bool> {
    scene.is_navigation().and_then(|navigates| {
        if !navigates {
            return Fact::Known(false);
        }
        let document = |dest: Option<&[u8]>| dest.is_none_or(|dest| dest == b"document");
        let inside = scene.known(Known::SecFetchDest).optional().map(|dest| !document(dest));
        Fact::Known(true).unless(inside)
    })
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
