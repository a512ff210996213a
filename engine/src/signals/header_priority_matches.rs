//! `header.priority_matches`

use super::{
    Expected, Fact, Page, Reading, Sample, Scene, Value,
    scene::{Engine, Known},
};
use crate::facts::Protocol;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    let sent = scene.has(Known::Priority).map(|sent| !sent);
    scene.mainstream().unless(sent).and_then(|(engine, agent)| {
        let fits = match engine {
            Engine::Chromium if agent.engine_major < Some(124) => false,
            Engine::Chromium => {
                return scene.facts().request.protocol.map(|spoken| Value::Bool(spoken >= Protocol::Http2));
            }
            Engine::WebKit => agent.engine_major.is_none_or(|major| major >= 17),
            Engine::Gecko => true,
        };
        Fact::Known(Value::Bool(fits))
    })
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
