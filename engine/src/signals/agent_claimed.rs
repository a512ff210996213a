//! `agent.claimed`

use super::{
    Expected, Page, Reading, Sample, Scene,
    sample::agents::{BOTH, BROWSER, FINDER, OWN},
};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.claimed().map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "The id of the `[[agent]]` that the request says it comes from, by a name in its user agent or beside its signature, proven or not. Where it names several, all of their ids, with a space between them, the one with the longest name first: `matches(\"(^| )example[.]\")` finds one of them. 16 at most.",
    evasion: "One header line, as for any name.",
    honest_cost: "A name that stands in the user agents of real browsers would call people agents: the compiler refuses those that it knows.",
    seen_by: "every host",
    examples: &[
        (Sample { headers: FINDER, ..Sample::GET }, Expected::Text("example.search")),
        (Sample { headers: FINDER, address: OWN, ..Sample::GET }, Expected::Text("example.search")),
        (Sample { headers: BOTH, ..Sample::GET }, Expected::Text("example.search example.assistant")),
        (Sample { headers: BROWSER, ..Sample::GET }, Expected::Absent),
    ],
};
