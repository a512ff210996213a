//! `fetch.site`

use super::{Expected, Page, Reading, Sample, Scene, Value, scene::Known};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.known(Known::SecFetchSite).map(Value::Text)
}

pub(super) const PAGE: Page = Page {
    means: "Where the request was made from: `none`, `same-origin`, `same-site`, `cross-site` (Sec-Fetch-Site).",
    evasion: "One header line; scripts in a browser cannot write it.",
    honest_cost: "Browsers send it over https only; Safari before 16.4 and text browsers do not.",
    seen_by: "every host",
    examples: &[(Sample::CHROME, Expected::Text("none")), (Sample::GET, Expected::Absent)],
};
