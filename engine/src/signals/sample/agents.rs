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

/// An agent that signs, with the key of RFC 9421, B.1.4; it signs as a browser of [`BROWSER`] would ask.
pub(in crate::signals) const SIGNED: &[(&str, &str)] = &[
    ("signature-input", INPUT),
    ("signature", "sig1=:MwyJsB88UwkYcCDvIPe5ebKKem9TBlR481XUCbjoxCj+FzDQof5ezrUBJfD1o9sWuoJdv+AMCOTzkdwJeA+yBQ==:"),
];

/// The crawler's name beside it.
pub(in crate::signals) const BOTH: &[(&str, &str)] = &[
    ("user-agent", "Mozilla/5.0 (compatible; FinderBot/1.0; +https://finder.example/bot)"),
    ("signature-input", INPUT),
    ("signature", "sig1=:MwyJsB88UwkYcCDvIPe5ebKKem9TBlR481XUCbjoxCj+FzDQof5ezrUBJfD1o9sWuoJdv+AMCOTzkdwJeA+yBQ==:"),
];

/// The same with another signature.
pub(in crate::signals) const MISSIGNED: &[(&str, &str)] = &[
    ("signature-input", INPUT),
    ("signature", "sig1=:AAyJsB88UwkYcCDvIPe5ebKKem9TBlR481XUCbjoxCj+FzDQof5ezrUBJfD1o9sWuoJdv+AMCOTzkdwJeA+yBQ==:"),
];

/// One who signs and is none of the agents.
pub(in crate::signals) const STRANGER: &[(&str, &str)] = &[
    ("signature-agent", "sig1=\"https://stranger.example\""),
    (
        "signature-input",
        "sig1=(\"@authority\" \"signature-agent\";key=\"sig1\");created=1795305600;expires=1795309200;keyid=\"poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U\";tag=\"web-bot-auth\"",
    ),
    ("signature", "sig1=:MwyJsB88UwkYcCDvIPe5ebKKem9TBlR481XUCbjoxCj+FzDQof5ezrUBJfD1o9sWuoJdv+AMCOTzkdwJeA+yBQ==:"),
];

const INPUT: &str = "sig1=(\"@authority\");created=1795305600;expires=1795309200;keyid=\"poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U\";tag=\"web-bot-auth\"";

/// Its public key.
const KEY: [u8; 32] = [
    38, 180, 11, 143, 147, 255, 243, 216, 151, 17, 47, 126, 188, 88, 43, 35, 45, 189, 114, 81, 125, 8, 47, 232, 60,
    251, 48, 221, 206, 67, 209, 187,
];

/// An address of the crawler's operator.
pub(in crate::signals) const OWN: Fact<IpAddr> = Fact::Known(IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7)));

/// An address of somebody else.
pub(in crate::signals) const OTHER: Fact<IpAddr> = Fact::Known(IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7)));

/// A private address.
pub(in crate::signals) const PRIVATE: Fact<IpAddr> = Fact::Known(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 5)));

/// The agents: a crawler with networks of its own, and one that signs.
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
    let helper = Agent {
        id: "example.assistant".into(),
        name: "Assistant".into(),
        purpose: Purpose::User,
        names: Vec::new(),
        networks: Ranges::default(),
        directory: None,
        keys: Vec::from([KEY]),
        test_keys: true,
    };
    Registry::new(Vec::from([finder, helper]), 1)
}
