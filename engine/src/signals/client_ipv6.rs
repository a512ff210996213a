//! `client.ipv6`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.facts().connection.address.map(|address| Value::Bool(address.to_canonical().is_ipv6()))
}

pub(super) const PAGE: Page = Page {
    means: "The client came over IPv6.",
    evasion: "Free: most networks have both.",
    honest_cost: "About half of all visitors come over IPv6; it is context, no accusation.",
    seen_by: "every host",
    examples: &[
        (
            Sample { address: Fact::Known(IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1))), ..Sample::GET },
            Expected::Bool(true),
        ),
        (
            Sample { address: Fact::Known(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7))), ..Sample::GET },
            Expected::Bool(false),
        ),
    ],
};
