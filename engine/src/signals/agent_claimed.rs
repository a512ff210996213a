//! `agent.claimed`

use super::{
    Expected, Page, Reading, Sample, Scene,
    sample::agents::{BROWSER, FINDER, OWN},
};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.claimed().map(|agent| agent.id.as_str().into())
}

pub(super) const PAGE: Page = Page {
    means: "The id of the `[[agent]]` that the request says it comes from, by a name in its user agent or beside its signature, proven or not. Of several that a user agent names: the one that is proven, else one that could be by its address, else the one with the longest name.",
    evasion: "One header line, as for any name.",
    honest_cost: "A name that stands in the user agents of real browsers would call people agents: the compiler refuses those that it knows.",
    seen_by: "every host",
    examples: &[
        (Sample { headers: FINDER, ..Sample::GET }, Expected::Text("example.search")),
        (Sample { headers: FINDER, address: OWN, ..Sample::GET }, Expected::Text("example.search")),
        (Sample { headers: BROWSER, ..Sample::GET }, Expected::Absent),
    ],
};
