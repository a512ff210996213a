//! `ua.length`

use super::{Expected, Page, Reading, Sample, Scene, Value, scene::Known};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.known(Known::UserAgent).map(|text| Value::from(text.len()))
}

pub(super) const PAGE: Page = Page {
    means: "Bytes of the user agent: browsers have 60 to 250.",
    evasion: "One header line.",
    honest_cost: "Views inside apps append long lists of what they can.",
    seen_by: "every host",
    examples: &[
        (Sample { headers: &[("user-agent", "curl/8.5.0")], ..Sample::GET }, Expected::Int(10)),
        (Sample { headers: &[("user-agent", "")], ..Sample::GET }, Expected::Int(0)),
        (Sample::GET, Expected::Absent),
    ],
};
