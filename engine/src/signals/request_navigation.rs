//! `request.navigation`

use super::{Expected, Page, Reading, Sample, Scene, Value};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.is_navigation().map(Value::Bool)
}

pub(super) const PAGE: Page = Page {
    means: "The request is for a page to show: Sec-Fetch-Mode says navigate or, where there is none, a GET whose Accept starts with text/html.",
    evasion: "One header line.",
    honest_cost: "Old browsers send Accept as anything.",
    seen_by: "every host",
    examples: &[
        (Sample::CHROME, Expected::Bool(true)),
        (Sample { headers: &[("accept", "text/html,*/*")], ..Sample::GET }, Expected::Bool(true)),
        (
            Sample { headers: &[("accept", "text/html"), ("sec-fetch-mode", "cors")], ..Sample::GET },
            Expected::Bool(false),
        ),
        (Sample::GET, Expected::Bool(false)),
    ],
};
