//! `ua.platform`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.agent().and_then(|agent| Fact::from_option(agent.platform)).map(|platform| Value::from(platform.name()))
}

pub(super) const PAGE: Page = Page {
    means: "The operating system that the user agent names: `windows`, `macos`, `linux`, `android`, `ios`, `chromeos`. An iPad that asks for desktop pages says `macos`.",
    evasion: "One header line.",
    honest_cost: "None by itself.",
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
            Expected::Text("linux"),
        ),
        (
            Sample {
                headers: &[(
                    "user-agent",
                    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/147.0.7727.99 Mobile/15E148 Safari/604.1",
                )],
                ..Sample::GET
            },
            Expected::Text("ios"),
        ),
        (Sample { headers: &[("user-agent", "curl/8.5.0")], ..Sample::GET }, Expected::Absent),
    ],
};
