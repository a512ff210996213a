//! `hints.brand_matches`

use super::{
    Expected, Page, Reading, Sample, Scene, Value,
    scene::{Agent, Family, Hints},
};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.chromium().and_then(|agent| scene.hints().map(|hints| Value::Bool(agree(agent, hints))))
}

fn agree(agent: &Agent, hints: &Hints) -> bool {
    let edge = hints.edge == (agent.family == Some(Family::Edge));
    let opera = !hints.opera || agent.family == Some(Family::Opera);
    let headless = !hints.headless || agent.automation.is_some();
    hints.chromium.is_some() && edge && opera && headless
}

pub(super) const PAGE: Page = Page {
    means: "The brands of Sec-CH-UA fit the browser of the user agent: Chromium is among them, Microsoft Edge in Edge only, Opera in Opera only, and HeadlessChrome not at all unless the user agent says so.",
    evasion: "Changing both; automation that overrides the user agent alone is caught.",
    honest_cost: "Browsers built on Chromium that change one and not the other: 3 of 2,400 recorded header sets.",
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
                    ("sec-ch-ua", r#""HeadlessChrome";v="147", "Chromium";v="147""#),
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
                    ("sec-ch-ua", r#""Microsoft Edge";v="147", "Chromium";v="147""#),
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
