//! `client.address_is_private`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value};
use crate::ranges;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.facts().connection.address.map(|address| Value::Bool(ranges::is_private(address)))
}

pub(super) const PAGE: Page = Page {
    means: "The address is not a public one: private, shared (RFC 6598), loopback, link-local or unique local.",
    evasion: "Cannot be faked from outside; a client inside the network has it.",
    honest_cost: "Health checks and colleagues inside the network. When all clients have it, the host does not see client addresses.",
    seen_by: "every host",
    examples: &[
        (Sample { address: Fact::Known(IpAddr::V4(Ipv4Addr::new(10, 1, 2, 3))), ..Sample::GET }, Expected::Bool(true)),
        (
            Sample { address: Fact::Known(IpAddr::V6(Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 1))), ..Sample::GET },
            Expected::Bool(true),
        ),
        (
            Sample { address: Fact::Known(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7))), ..Sample::GET },
            Expected::Bool(false),
        ),
    ],
};
