//! `hints.mobile_matches`

use super::{Expected, Page, Reading, Sample, Scene, Value, scene::Known};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.chromium().and_then(|agent| {
        scene.known(Known::SecChUaMobile).map(|hint| {
            Value::Bool(match hint {
                b"?1" => agent.mobile,
                b"?0" => !agent.mobile,
                _ => false,
            })
        })
    })
}

pub(super) const PAGE: Page = Page {
    means: "Sec-CH-UA-Mobile is `?1` exactly when the user agent says Mobile.",
    evasion: "Changing both.",
    honest_cost: "Developers who emulate a phone with old tools.",
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
                    ("sec-ch-ua-mobile", "?1"),
                ],
                ..Sample::GET
            },
            Expected::Bool(false),
        ),
        (
            Sample {
                headers: &[("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0")],
                ..Sample::GET
            },
            Expected::Absent,
        ),
    ],
};
