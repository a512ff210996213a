//! `hints.major_matches`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.chromium().and_then(|agent| {
        scene.hints().and_then(|hints| match (hints.chromium, agent.engine_major) {
            (Some(hint), Some(agent)) => Fact::Known(Value::Bool(hint == agent)),
            _ => Fact::Absent,
        })
    })
}

pub(super) const PAGE: Page = Page {
    means: "Sec-CH-UA and the user agent give one version of Chromium.",
    evasion: "Changing both.",
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
                    ("sec-ch-ua", r#""Chromium";v="120""#),
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
