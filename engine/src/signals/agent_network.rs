//! `agent.network`

use super::{
    Expected, Page, Reading, Sample, Scene,
    sample::agents::{BROWSER, FINDER, OTHER, OWN, PRIVATE},
};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.network().map(|(_, outcome)| outcome.name().into())
}

pub(super) const PAGE: Page = Page {
    means: "Whether the address is one of the networks of an `[[agent]]` that the user agent names: `verified` or `invalid`. Absent where it names none that publishes its networks; unavailable where the address is not seen, or is a private one that no such agent has.",
    evasion: "`invalid`: not naming the agent. `verified`: an address in one of its networks.",
    honest_cost: "An agent that comes from a network which its list does not have yet reads `invalid`: `outwork lists update` refreshes them. Programs that borrow another's name read so as well.",
    seen_by: "every host",
    examples: &[
        (Sample { headers: FINDER, address: OWN, ..Sample::GET }, Expected::Text("verified")),
        (Sample { headers: FINDER, address: OTHER, ..Sample::GET }, Expected::Text("invalid")),
        (Sample { headers: FINDER, address: PRIVATE, ..Sample::GET }, Expected::Unavailable),
        (Sample { headers: BROWSER, address: OTHER, ..Sample::GET }, Expected::Absent),
    ],
};
