//! `header.accept_matches`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value, scene::Known};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    let claim = scene.claim().unless(scene.is_special());
    claim.and_then(|_| match scene.known(Known::Accept) {
        Fact::Known(accept) if accept.starts_with(PAGES) => Fact::Known(Value::Bool(true)),
        Fact::Known(_) => scene.is_navigation().map(|navigates| Value::Bool(!navigates)),
        Fact::Absent => Fact::Known(Value::Bool(false)),
        Fact::Unavailable => Fact::Unavailable,
    })
}

/// How browsers begin it when they ask for a page.
const PAGES: &[u8] = b"text/html,application/xhtml+xml";

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
