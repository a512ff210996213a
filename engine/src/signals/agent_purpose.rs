//! `agent.purpose`

use super::{
    Expected, Page, Reading, Sample, Scene,
    sample::agents::{FINDER, OTHER, OWN, SIGNED},
};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.verified().map(|verified| verified.agent.purpose.name().into())
}

pub(super) const PAGE: Page = Page {
    means: "What the agent of `agent.id` comes for: `search`, `training`, `user` (a person who sent it), `monitoring`, `preview`, `archive` or `other`.",
    evasion: "As of `agent.id`.",
    honest_cost: "The purpose is what the policy says of the agent, and its operator of itself: what it does with what it reads is not seen.",
    seen_by: "every host",
    examples: &[
        (Sample { headers: FINDER, address: OWN, ..Sample::GET }, Expected::Text("search")),
        (Sample { headers: FINDER, address: OTHER, ..Sample::GET }, Expected::Absent),
        (Sample { headers: SIGNED, ..Sample::GET }, Expected::Text("user")),
    ],
};
