//! `fetch.dest`

use super::{Expected, Page, Reading, Sample, Scene, Value, scene::Known};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.known(Known::SecFetchDest).map(Value::Text)
}

pub(super) const PAGE: Page = Page {
    means: "What the response is for: `document`, `image`, `empty` (Sec-Fetch-Dest).",
    evasion: "One header line; scripts in a browser cannot write it.",
    honest_cost: "Browsers send it over https only; Safari before 16.4 and text browsers do not.",
    seen_by: "every host",
    examples: &[(Sample::CHROME, Expected::Text("document")), (Sample::GET, Expected::Absent)],
};
