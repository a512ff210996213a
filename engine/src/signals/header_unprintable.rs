//! `header.unprintable`

use super::{Expected, Page, Reading, Sample, Scene, Value};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    let values = scene.facts().headers.list.iter().map(|(_, value)| *value);
    scene.of_any_header(values.fold(false, |found, value| found | has_unprintable(value))).map(Value::Bool)
}

/// Looks at all bytes, because that runs many at a time while an early end does not.
fn has_unprintable(value: &[u8]) -> bool {
    value.iter().fold(false, |found, &byte| found | (!(0x20..0x7f).contains(&byte) & (byte != b'\t')))
}

pub(super) const PAGE: Page = Page {
    means: "A header value has a byte that is neither printable ASCII nor a tab.",
    evasion: "Not sending such bytes.",
    honest_cost: "Cookies and referrers with raw UTF-8, from old software.",
    seen_by: "every host that lets such bytes through",
    examples: &[
        (Sample { headers: &[("x-a", "é")], ..Sample::GET }, Expected::Bool(true)),
        (Sample { headers: &[("x-a", "b\tc")], ..Sample::GET }, Expected::Bool(false)),
    ],
};
