//! `network.asn`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.facts().connection.asn.map(Value::from)
}

pub(super) const PAGE: Page = Page {
    means: "The number of the autonomous system that the address belongs to.",
    evasion: "Another network.",
    honest_cost: "Context, no accusation: people use VPNs in datacenters.",
    seen_by: "Workers (request.cf); not in Envoy, where the filter asks no database",
    examples: &[
        (Sample { asn: Fact::Known(64_500), ..Sample::GET }, Expected::Int(64_500)),
        (Sample::GET, Expected::Unavailable),
    ],
};
