//! `client.address`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.facts().connection.address.map(|address| Value::Address(address.to_canonical()))
}

pub(super) const PAGE: Page = Page {
    means: "The client's address, after the proxies that the host trusts; an IPv4 address in IPv6 form is IPv4.",
    evasion: "Another address: cheap in datacenters, some cents a gigabyte for residential proxies.",
    honest_cost: "Many visitors share one address behind carrier-grade NAT, at work and in VPNs.",
    seen_by: "every host",
    examples: &[
        (
            Sample { address: Fact::Known(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7))), ..Sample::GET },
            Expected::Address(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7))),
        ),
        (
            Sample {
                address: Fact::Known(IpAddr::V6(Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0xc000, 0x0207))),
                ..Sample::GET
            },
            Expected::Address(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7))),
        ),
        (Sample::GET, Expected::Unavailable),
    ],
};
