//! Requests small enough to stand beside a signal as its examples.

pub(super) mod agents;

use super::{Reading, Value};
use crate::{
    beacon::Feature,
    clearance::{Clearance, Passed},
    fact::Fact,
    facts::{Connection, Facts, Headers, Protocol, Request, Seen, Session},
    time::Time,
    window::Window,
};
use core::net::IpAddr;

/// A request in an example: what is not named is as in [`Sample::GET`].
#[derive(Clone, Copy)]
pub struct Sample {
    /// The method.
    pub method: &'static str,
    /// `http` or `https`; the connection is encrypted in the second case.
    pub scheme: &'static str,
    /// `Host` or `:authority`.
    pub authority: &'static str,
    /// Path and query.
    pub target: &'static str,
    /// Header names in lower case, with values, in wire order.
    pub headers: &'static [(&'static str, &'static str)],
    /// Whether the host sees the headers in wire order.
    pub ordered: bool,
    /// The protocol.
    pub protocol: Fact<Protocol>,
    /// First letters of the pseudo-headers in wire order.
    pub pseudo_order: Fact<&'static str>,
    /// JA4 of the hello.
    pub ja4: Fact<&'static str>,
    /// JA3 of the hello.
    pub ja3: Fact<&'static str>,
    /// The negotiated TLS version.
    pub tls_version: Fact<&'static str>,
    /// The server name of the hello.
    pub sni: Fact<&'static str>,
    /// The negotiated ALPN protocol.
    pub alpn: Fact<&'static str>,
    /// The client's address.
    pub address: Fact<IpAddr>,
    /// The address's autonomous system.
    pub asn: Fact<u32>,
    /// The address's country.
    pub country: Fact<&'static str>,
    /// What its session token holds; none where the headers alone say.
    pub visit: Option<Visit>,
}

/// A window of observation in an example.
#[derive(Clone, Copy, Debug)]
pub struct Visit {
    /// How long ago the session was opened, in seconds.
    pub age: u64,
    /// How long ago it was last observed, in seconds; none while it was not.
    pub idle: Option<u64>,
    /// How sure one could be then, in thousandths.
    pub sure: u16,
    /// How many batches were observed.
    pub observations: u16,
    /// How many seconds the page's clock was ahead.
    pub skew: i32,
    /// How many of them followed a path from another session.
    pub replays: u8,
    /// How a challenge was passed.
    pub passed: Option<Passed>,
    /// What was observed.
    pub features: &'static [(Feature, u16)],
}

impl Visit {
    /// A page that said hello two minutes ago, and of which nothing was observed.
    pub const UNSEEN: Self =
        Self { age: 120, idle: None, sure: 0, observations: 0, skew: 0, replays: 0, passed: None, features: &[] };

    /// A session of two minutes that was observed a moment ago, nine times out of ten for sure.
    pub const INSIDE: Self = Self { idle: Some(0), sure: 900, observations: 4, ..Self::UNSEEN };

    /// What the token holds at an instant.
    pub fn window(&self, now: Time) -> Window {
        let before = |seconds: u64| Time(now.0.saturating_sub(Time::from_seconds(seconds).0));
        let mut window = Window::new([1; 16], before(self.age));
        window.observed = self.idle.map(before);
        (window.sure, window.observations, window.replays) = (self.sure, self.observations, self.replays);
        window.skew = self.skew;
        for &(feature, value) in self.features {
            window.features.set(feature, value);
        }
        window
    }

    /// What its clearance holds at an instant.
    pub fn clearance(&self, now: Time) -> Option<Clearance> {
        let until = Time(now.0.saturating_add(Time::from_seconds(60).0));
        self.passed.map(|passed| Clearance { id: [1; 8], passed, level: 2, since: now, until })
    }
}

impl Sample {
    /// `GET /` over HTTP/2 and TLS to `shop.example`, on a connection of which the host sees nothing.
    pub const GET: Self = Self {
        method: "GET",
        scheme: "https",
        authority: "shop.example",
        target: "/",
        headers: &[],
        ordered: true,
        protocol: Fact::Known(Protocol::Http2),
        pseudo_order: Fact::Unavailable,
        ja4: Fact::Unavailable,
        ja3: Fact::Unavailable,
        tls_version: Fact::Unavailable,
        sni: Fact::Unavailable,
        alpn: Fact::Unavailable,
        address: Fact::Unavailable,
        asn: Fact::Unavailable,
        country: Fact::Unavailable,
        visit: None,
    };

    /// When samples arrive.
    pub const NOW: Time = Time::from_seconds(1_795_305_600);

    /// A page view by Chrome 147 on Linux, as a host sees it that sees its headers in order.
    pub const CHROME: Self = Self { headers: CHROME, pseudo_order: Fact::Known("masp"), ..Self::GET };

    /// The sample's facts, over a header list of bytes made by the caller. Its visit comes in by [`Visit::window`].
    pub fn facts<'a>(&self, headers: &'a [(&'a [u8], &'a [u8])]) -> Facts<'a> {
        Facts {
            now: Self::NOW,
            entropy: [0; 16],
            request: Request {
                method: self.method.as_bytes(),
                scheme: self.scheme.as_bytes(),
                authority: self.authority.as_bytes(),
                target: self.target.as_bytes(),
                protocol: self.protocol,
                pseudo_order: self.pseudo_order.map(str::as_bytes),
            },
            headers: Headers { list: headers, ordered: self.ordered },
            seen: Seen::ALL,
            connection: Connection {
                address: self.address,
                encrypted: Fact::Known(self.scheme == "https"),
                ja4: self.ja4.map(str::as_bytes),
                ja3: self.ja3.map(str::as_bytes),
                tls_version: self.tls_version.map(str::as_bytes),
                sni: self.sni.map(str::as_bytes),
                alpn: self.alpn.map(str::as_bytes),
                asn: self.asn,
                country: self.country.map(str::as_bytes),
            },
            session: Session::Cookie,
            body: Fact::Unavailable,
            directories: None,
        }
    }
}

const CHROME: &[(&str, &str)] = &[
    ("sec-ch-ua", r#""Google Chrome";v="147", "Not.A/Brand";v="8", "Chromium";v="147""#),
    ("sec-ch-ua-mobile", "?0"),
    ("sec-ch-ua-platform", "\"Linux\""),
    ("upgrade-insecure-requests", "1"),
    (
        "user-agent",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36",
    ),
    (
        "accept",
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
    ),
    ("sec-fetch-site", "none"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-user", "?1"),
    ("sec-fetch-dest", "document"),
    ("accept-encoding", "gzip, deflate, br, zstd"),
    ("accept-language", "de-DE,de;q=0.9"),
    ("priority", "u=0, i"),
];

/// What a signal reads of a sample.
#[derive(Clone, Copy, Debug)]
pub enum Expected {
    /// This truth value.
    Bool(bool),
    /// This number.
    Int(i64),
    /// This text.
    Text(&'static str),
    /// This address.
    Address(IpAddr),
    /// Nothing: the client did not send it.
    Absent,
    /// Nothing: the host cannot see it.
    Unavailable,
}

impl Expected {
    /// The reading that is expected.
    pub fn reading(self) -> Reading<'static> {
        match self {
            Self::Bool(value) => Fact::Known(Value::Bool(value)),
            Self::Int(value) => Fact::Known(Value::Int(value)),
            Self::Text(value) => Fact::Known(Value::Text(value.as_bytes())),
            Self::Address(value) => Fact::Known(Value::Address(value)),
            Self::Absent => Fact::Absent,
            Self::Unavailable => Fact::Unavailable,
        }
    }
}
