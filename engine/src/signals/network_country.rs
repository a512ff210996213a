//! `network.country`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.facts().connection.country.map(Value::Text)
}

pub(super) const PAGE: Page = Page {
    means: "The country of the address, ISO 3166-1 alpha-2.",
    evasion: "A proxy in another country.",
    honest_cost: "Travellers, and everybody whose carrier routes abroad. It is no reason to refuse anybody.",
    seen_by: "Workers (request.cf); not in Envoy, where the filter asks no database",
    examples: &[
        (Sample { country: Fact::Known("DE"), ..Sample::GET }, Expected::Text("DE")),
        (Sample::GET, Expected::Unavailable),
    ],
};
