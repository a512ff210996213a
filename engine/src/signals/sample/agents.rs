//! The agents that examples know, and how they come.

use crate::{
    agents::{Agent, Purpose, Registry},
    fact::Fact,
    ranges::Ranges,
};
use alloc::{string::String, vec::Vec};
use core::net::{IpAddr, Ipv4Addr};

/// A crawler that names itself.
pub(in crate::signals) const FINDER: &[(&str, &str)] =
    &[("user-agent", "Mozilla/5.0 (compatible; FinderBot/1.0; +https://finder.example/bot)")];

/// A browser.
pub(in crate::signals) const BROWSER: &[(&str, &str)] = &[(
    "user-agent",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36",
)];

/// An address of the crawler's operator.
pub(in crate::signals) const OWN: Fact<IpAddr> = Fact::Known(IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7)));

/// An address of somebody else.
pub(in crate::signals) const OTHER: Fact<IpAddr> = Fact::Known(IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7)));

/// A private address.
pub(in crate::signals) const PRIVATE: Fact<IpAddr> = Fact::Known(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 5)));

/// The agents: a crawler with networks of its own.
pub fn registry() -> Registry {
    let finder = Agent {
        id: "example.search".into(),
        name: "FinderBot".into(),
        purpose: Purpose::Search,
        names: Vec::from([String::from("finderbot")]),
        networks: Ranges::from_networks([(Ipv4Addr::new(198, 51, 100, 0).into(), 24)]),
        directory: None,
        keys: Vec::new(),
        test_keys: false,
    };
    Registry::new(Vec::from([finder]), 1)
}
