//! `agent.id`

use super::{
    Expected, Page, Reading, Sample, Scene,
    sample::agents::{BROWSER, FINDER, MISSIGNED, OTHER, OWN, SIGNED},
};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.verified().map(|verified| verified.agent.id.as_str().into())
}

pub(super) const PAGE: Page = Page {
    means: "The id of the `[[agent]]` that the request comes from, where that is proven: by a signature of its key, or by an address of its operator's networks beside its name in the user agent.",
    evasion: "An address in one of these networks, which is as hard to get as the operator makes it: a crawler that runs in a public cloud may share its addresses with every customer of it. A signature: the agent's private key.",
    honest_cost: "None: what is not proven has no id. The lists age, and an agent that comes from a new network has none until they are refreshed.",
    seen_by: "every host",
    examples: &[
        (Sample { headers: FINDER, address: OWN, ..Sample::GET }, Expected::Text("example.search")),
        (Sample { headers: FINDER, address: OTHER, ..Sample::GET }, Expected::Absent),
        (Sample { headers: FINDER, ..Sample::GET }, Expected::Unavailable),
        (Sample { headers: BROWSER, address: OWN, ..Sample::GET }, Expected::Absent),
        (Sample { headers: SIGNED, ..Sample::GET }, Expected::Text("example.assistant")),
        (Sample { headers: MISSIGNED, ..Sample::GET }, Expected::Absent),
    ],
};
