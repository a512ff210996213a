//! `header.priority_matches`

use super::{
    Expected, Fact, Page, Reading, Sample, Scene, Value,
    scene::{Engine, Known},
};
use crate::facts::Protocol;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    let (Some((engine, agent)), true) = (scene.mainstream(), scene.has(Known::Priority)) else { return Fact::Absent };
    let old_http = matches!(scene.facts().request.protocol, Fact::Known(Protocol::Http10 | Protocol::Http11));
    Fact::Known(Value::Bool(match engine {
        Engine::Chromium => agent.engine_major >= Some(124) && !old_http,
        Engine::WebKit => agent.engine_major.is_none_or(|major| major >= 17),
        Engine::Gecko => true,
    }))
}

pub(super) const PAGE: Page = Page {
    means: "A Priority header comes from a browser version that sends one: Chrome from 124 (HTTP/2 and later), Safari from 17 or 18, Firefox. Absent without the header.",
    evasion: "Leaving it out, or claiming a newer version.",
    honest_cost: "None known.",
    seen_by: "every host",
    examples: &[
        (Sample::CHROME, Expected::Bool(true)),
        (
            Sample {
                headers: &[
                    (
                        "user-agent",
                        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/110.0.0.0 Safari/537.36",
                    ),
                    ("priority", "u=0, i"),
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
