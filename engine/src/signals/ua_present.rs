//! `ua.present`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    Fact::Known(Value::Bool(scene.header(b"user-agent").is_known()))
}

pub(super) const PAGE: Page = Page {
    means: "The request has a User-Agent header.",
    evasion: "One header line.",
    honest_cost: "Some privacy proxies and embedded clients send none.",
    seen_by: "every host",
    examples: &[
        (Sample { headers: &[("user-agent", "curl/8.5.0")], ..Sample::GET }, Expected::Bool(true)),
        (Sample::GET, Expected::Bool(false)),
    ],
};
