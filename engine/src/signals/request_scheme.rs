//! `request.scheme`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    let scheme = scene.facts().request.scheme;
    if scene.facts().seen.scheme { Fact::Known(Value::Text(scheme)) } else { Fact::Unavailable }
}

pub(super) const PAGE: Page = Page {
    means: "`http` or `https`, as the host knows it.",
    evasion: "It is what the client asks for.",
    honest_cost: "None by itself.",
    seen_by: "every host",
    examples: &[(Sample::GET, Expected::Text("https"))],
};
