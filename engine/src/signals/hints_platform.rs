//! `hints.platform`

use super::{Expected, Page, Reading, Sample, Scene, Value, scene::Known};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    let text = |hint: &'s [u8]| hint.strip_prefix(b"\"").and_then(|hint| hint.strip_suffix(b"\"")).unwrap_or(hint);
    scene.known(Known::SecChUaPlatform).map(|hint| Value::Text(text(hint)))
}

pub(super) const PAGE: Page = Page {
    means: "The operating system that Sec-CH-UA-Platform names, without its quotes: `Windows`, `macOS`, `Android`.",
    evasion: "One header line.",
    honest_cost: "Only Chromium browsers send it, over https.",
    seen_by: "every host",
    examples: &[(Sample::CHROME, Expected::Text("Linux")), (Sample::GET, Expected::Absent)],
};
