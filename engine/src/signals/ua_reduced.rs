//! `ua.reduced`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value, scene::Engine};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.agent().and_then(|agent| match agent.engine {
        Some(Engine::Chromium) => Fact::Known(Value::Bool(agent.reduced)),
        _ => Fact::Absent,
    })
}

pub(super) const PAGE: Page = Page {
    means: "The user agent gives Chrome's version as `N.0.0.0`, as Chrome does since 2022 (101 on desktops, 110 on phones). Absent for other engines.",
    evasion: "One header line.",
    honest_cost: "Views inside apps and browsers built on Chromium give the full version.",
    seen_by: "every host",
    examples: &[
        (
            Sample {
                headers: &[(
                    "user-agent",
                    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36",
                )],
                ..Sample::GET
            },
            Expected::Bool(true),
        ),
        (
            Sample {
                headers: &[(
                    "user-agent",
                    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.7727.116 Safari/537.36",
                )],
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
