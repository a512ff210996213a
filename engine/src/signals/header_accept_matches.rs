//! `header.accept_matches`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value, scene::Known};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    if scene.claim().is_none() || scene.is_special() {
        return Fact::Absent;
    }
    let fits = |accept: &[u8]| !scene.is_navigation() || accept.starts_with(b"text/html,application/xhtml+xml");
    Fact::Known(Value::Bool(scene.known(Known::Accept).is_some_and(fits)))
}

pub(super) const PAGE: Page = Page {
    means: "A client that claims to be a browser sends Accept, and for a page the kind that browsers send: `text/html,application/xhtml+xml,…`.",
    evasion: "One header line.",
    honest_cost: "Browser extensions that rewrite Accept.",
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
                    ("sec-fetch-mode", "navigate"),
                    ("accept", "*/*"),
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
            Expected::Bool(false),
        ),
        (Sample { headers: &[("user-agent", "curl/8.5.0"), ("accept", "*/*")], ..Sample::GET }, Expected::Absent),
    ],
};
