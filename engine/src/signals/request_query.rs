//! `request.query`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    if !scene.facts().seen.query {
        return Fact::Unavailable;
    }
    Fact::from_option(scene.facts().request.query()).map(Value::Text)
}

pub(super) const PAGE: Page = Page {
    means: "The query as it was sent, without `?`; absent when there is no `?`.",
    evasion: "It is what the client asks for.",
    honest_cost: "None by itself.",
    seen_by: "every host",
    examples: &[
        (Sample { target: "/search?q=a%20b", ..Sample::GET }, Expected::Text("q=a%20b")),
        (Sample { target: "/search?", ..Sample::GET }, Expected::Text("")),
        (Sample::GET, Expected::Absent),
    ],
};
