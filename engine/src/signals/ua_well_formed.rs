//! `ua.well_formed`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.agent().and_then(|agent| match agent.family {
        Some(_) => Fact::Known(Value::Bool(agent.well_formed)),
        None => Fact::Absent,
    })
}

pub(super) const PAGE: Page = Page {
    means: "A user agent that names a browser has the form of that browser's: `Mozilla/5.0` first, parentheses in pairs, printable ASCII, AppleWebKit/537.36 and Safari in Chromium, one version in Firefox. Absent when it names none.",
    evasion: "Copying a real one.",
    honest_cost: "Views inside apps that build their own.",
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
        (Sample { headers: &[("user-agent", "Chrome/147.0.0.0")], ..Sample::GET }, Expected::Bool(false)),
        (
            Sample {
                headers: &[("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/150.0")],
                ..Sample::GET
            },
            Expected::Bool(false),
        ),
        (Sample { headers: &[("user-agent", "curl/8.5.0")], ..Sample::GET }, Expected::Absent),
    ],
};
