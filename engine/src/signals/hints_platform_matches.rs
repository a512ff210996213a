//! `hints.platform_matches`

use super::{
    Expected, Fact, Page, Reading, Sample, Scene, Value,
    scene::{Known, Platform},
};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    let platform = scene.chromium().and_then(|agent| Fact::from_option(agent.platform));
    platform
        .and_then(|platform| scene.known(Known::SecChUaPlatform).map(|hint| Value::Bool(is_hint_of(platform, hint))))
}

fn is_hint_of(platform: Platform, hint: &[u8]) -> bool {
    match platform {
        Platform::Android => hint == b"\"Android\"",
        Platform::ChromeOs => matches!(hint, b"\"Chrome OS\"" | b"\"Chromium OS\""),
        Platform::Ios => hint == b"\"iOS\"",
        Platform::Linux => hint == b"\"Linux\"",
        Platform::MacOs => hint == b"\"macOS\"",
        Platform::Windows => hint == b"\"Windows\"",
    }
}

pub(super) const PAGE: Page = Page {
    means: "Sec-CH-UA-Platform names the operating system of the user agent.",
    evasion: "Changing both; scripts that claim Windows from a Linux server often change one.",
    honest_cost: "Extensions that change the user agent alone.",
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
                    ("sec-ch-ua-platform", r#""Windows""#),
                ],
                ..Sample::GET
            },
            Expected::Bool(false),
        ),
        (
            Sample {
                headers: &[(
                    "user-agent",
                    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36",
                )],
                ..Sample::GET
            },
            Expected::Absent,
        ),
    ],
};
