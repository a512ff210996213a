//! `agent.signature`

use super::{
    Expected, Page, Reading, Sample, Scene,
    sample::agents::{BROWSER, MISSIGNED, SIGNED, STRANGER},
};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.introduced().map(|introduced| introduced.outcome.name().into())
}

pub(super) const PAGE: Page = Page {
    means: "What became of the request's Web Bot Auth signature: `verified` by a key of the `[[agent]]` that it names, `invalid` where a key that is known says otherwise, `unverifiable` where it cannot be told: nobody of the policy is named, or the key is not to be had. Absent without one.",
    evasion: "`verified`: the agent's private key. `invalid`: not signing.",
    honest_cost: "`unverifiable` is no evidence against anybody: the agent is none of the policy's, or its directory cannot be reached. An agent whose clock is wrong, or behind a proxy that changes what it signed, reads `invalid`.",
    seen_by: "every host; not in logs",
    examples: &[
        (Sample { headers: SIGNED, ..Sample::GET }, Expected::Text("verified")),
        (Sample { headers: MISSIGNED, ..Sample::GET }, Expected::Text("invalid")),
        (Sample { headers: SIGNED, authority: "other.example", ..Sample::GET }, Expected::Text("invalid")),
        (Sample { headers: STRANGER, ..Sample::GET }, Expected::Text("unverifiable")),
        (Sample { headers: BROWSER, ..Sample::GET }, Expected::Absent),
    ],
};
