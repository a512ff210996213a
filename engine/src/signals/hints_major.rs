//! `hints.major`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.hints().and_then(|hints| Fact::from_option(hints.chromium)).map(Value::from)
}

pub(super) const PAGE: Page = Page {
    means: "The version that Sec-CH-UA gives for the brand Chromium.",
    evasion: "One header line.",
    honest_cost: "Only Chromium browsers send it, over https.",
    seen_by: "every host",
    examples: &[(Sample::CHROME, Expected::Int(147)), (Sample::GET, Expected::Absent)],
};
