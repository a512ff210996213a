//! `ua.automation`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.agent().and_then(|agent| Fact::from_option(agent.automation)).map(Value::from)
}

pub(super) const PAGE: Page = Page {
    means: "Browser automation that the user agent names: `headless-chrome`, `phantomjs`, `playwright`, `htmlunit` and others.",
    evasion: "One header line.",
    honest_cost: "Sites that test or archive themselves.",
    seen_by: "every host",
    examples: &[
        (
            Sample {
                headers: &[(
                    "user-agent",
                    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/147.0.0.0 Safari/537.36",
                )],
                ..Sample::GET
            },
            Expected::Text("headless-chrome"),
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
