//! `request.authority`

use super::{Expected, Page, Reading, Sample, Scene, Value};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.authority().map(Value::Text)
}

pub(super) const PAGE: Page = Page {
    means: "Host or `:authority` as it was sent.",
    evasion: "It is what the client asks for.",
    honest_cost: "None by itself.",
    seen_by: "every host",
    examples: &[(Sample::GET, Expected::Text("shop.example"))],
};
