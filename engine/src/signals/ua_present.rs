//! `ua.present`

use super::{Expected, Page, Reading, Sample, Scene, Value, scene::Known};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    let text = scene.known(Known::UserAgent).optional();
    text.map(|text| Value::Bool(text.is_some_and(|text| !text.trim_ascii().is_empty())))
}

pub(super) const PAGE: Page = Page {
    means: "The request has a User-Agent header that is not empty.",
    evasion: "One header line.",
    honest_cost: "Some privacy proxies and embedded clients send none.",
    seen_by: "every host",
    examples: &[
        (Sample { headers: &[("user-agent", "curl/8.5.0")], ..Sample::GET }, Expected::Bool(true)),
        (Sample { headers: &[("user-agent", " ")], ..Sample::GET }, Expected::Bool(false)),
        (Sample::GET, Expected::Bool(false)),
    ],
};
