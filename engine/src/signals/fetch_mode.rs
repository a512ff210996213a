//! `fetch.mode`

use super::{Expected, Page, Reading, Sample, Scene, Value, scene::Known};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.known(Known::SecFetchMode).map(Value::Text)
}

pub(super) const PAGE: Page = Page {
    means: "How the request was made: `navigate`, `cors`, `no-cors` (Sec-Fetch-Mode).",
    evasion: "One header line; scripts in a browser cannot write it.",
    honest_cost: "Browsers send it over https only; Safari before 16.4 and text browsers do not.",
    seen_by: "every host",
    examples: &[(Sample::CHROME, Expected::Text("navigate")), (Sample::GET, Expected::Absent)],
};
