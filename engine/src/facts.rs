//! What a host saw of one request. Everything is borrowed from the host's own buffers.

use crate::{clearance::Clearance, directories::Directories, fact::Fact, time::Time, window::Window};
use core::net::IpAddr;

/// All that a host knows about one request.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// When the request arrived, by the host's wall clock.
    pub now: Time,
    /// 16 random bytes of this request alone: its id and nonce are made of them.
    pub entropy: [u8; 16],
    /// The request line.
    pub request: Request<'a>,
    /// The headers, without pseudo-headers.
    pub headers: Headers<'a>,
    /// How much of all that its source shows.
    pub seen: Seen<'a>,
    /// The connection it came over.
    pub connection: Connection<'a>,
    /// Where the window of observation comes from, and whether a challenge was passed.
    pub session: Session<'a>,
    /// The whole body, where the policy asked for it and it is no larger than that; empty where there is none.
    pub body: Fact<&'a [u8]>,
    /// The keys of agents that the host has fetched; none where it fetches none.
    pub directories: Option<&'a Directories>,
}

/// Where the window of observation comes from, and whether a challenge was passed.
#[derive(Clone, Copy, Debug, Default)]
pub enum Session<'a> {
    /// The sealed cookies among the headers, if there are any: in every host.
    #[default]
    Cookie,
    /// This window and this clearance, as if they had come in cookies: in tests and tools, and where a batch was just
    /// observed.
    Window(&'a Window, Option<Clearance>),
    /// It cannot be known: in logs.
    Unavailable,
}

/// The request line, or the pseudo-headers in its place.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The method as sent: `GET`.
    pub method: &'a [u8],
    /// `http` or `https`, as the host knows it.
    pub scheme: &'a [u8],
    /// `Host` or `:authority` as sent.
    pub authority: &'a [u8],
    /// Path and query as sent: `/search?q=1`.
    pub target: &'a [u8],
    /// The protocol spoken by the client, not by the origin.
    pub protocol: Fact<Protocol>,
    /// First letters of the pseudo-headers in wire order, `masp` in Chrome: absent in HTTP/1.
    pub pseudo_order: Fact<&'a [u8]>,
}

impl<'a> Request<'a> {
    /// The path, without the query.
    pub fn path(&self) -> &'a [u8] {
        self.split().0
    }

    /// The query without its `?`, if there is a `?`.
    pub fn query(&self) -> Option<&'a [u8]> {
        self.split().1
    }

    fn split(&self) -> (&'a [u8], Option<&'a [u8]>) {
        match self.target.iter().position(|&byte| byte == b'?') {
            Some(at) => match self.target.split_at_checked(at) {
                Some((path, query)) => (path, query.get(1..)),
                None => (self.target, None),
            },
            None => (self.target, None),
        }
    }
}

/// An HTTP version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    /// HTTP/1.0
    Http10,
    /// HTTP/1.1
    Http11,
    /// HTTP/2
    Http2,
    /// HTTP/3
    Http3,
}

impl Protocol {
    /// Reads the names that Envoy and Cloudflare use: `HTTP/1.1`, `HTTP/2`.
    pub fn parse(name: &[u8]) -> Option<Self> {
        match name {
            b"HTTP/1.0" => Some(Self::Http10),
            b"HTTP/1.1" => Some(Self::Http11),
            b"HTTP/2" | b"HTTP/2.0" => Some(Self::Http2),
            b"HTTP/3" | b"HTTP/3.0" => Some(Self::Http3),
            _ => None,
        }
    }

    /// The name that rules see: `HTTP/1.1`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Http10 => "HTTP/1.0",
            Self::Http11 => "HTTP/1.1",
            Self::Http2 => "HTTP/2",
            Self::Http3 => "HTTP/3",
        }
    }
}

/// The header list.
#[derive(Clone, Copy, Debug)]
pub struct Headers<'a> {
    /// Names in lower case, with values, as the host hands them over; duplicates stay apart where it keeps them apart.
    /// Headers that the host itself added (Envoy's `x-forwarded-proto`, `x-request-id`) are not in it.
    pub list: &'a [(&'a [u8], &'a [u8])],
    /// Whether the list stands in the order of the wire.
    pub ordered: bool,
}

/// How much of a request its source shows: a host in front of an origin all, a log only what it was told to write.
///
/// What is not seen is unavailable to signals and rules, whatever stands in its place in [`Request`].
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// Whether `Request::scheme` is.
    pub scheme: bool,
    /// Whether `Request::authority` is.
    pub authority: bool,
    /// Whether the path in `Request::target` is, to its end.
    pub path: bool,
    /// Whether the query in `Request::target` is, or that there is none.
    pub query: bool,
    /// Whether the host saw the client's address though its source hides it: it counts as observed, and no rule can ask.
    pub hidden_address: bool,
    /// What its source calls the client where it hides the address: limits and canaries by address go by this name, and no
    /// rule can ask. Nothing that a client writes.
    pub client: Option<&'a [u8]>,
    /// What it means that a header is not in the list.
    pub headers: Unlisted<'a>,
}

/// What it means that a header is not in the list.
#[derive(Clone, Copy, Debug)]
pub enum Unlisted<'a> {
    /// That the client did not send it.
    Absent,
    /// Nothing, but for these names in lower case, which the client did not send.
    Unavailable {
        /// The names.
        except: &'a [&'a [u8]],
    },
}

impl Seen<'_> {
    /// All of a request, as it arrives at a host.
    pub const ALL: Self = Self {
        scheme: true,
        authority: true,
        path: true,
        query: true,
        hidden_address: false,
        client: None,
        headers: Unlisted::Absent,
    };

    /// Whether the header list is the whole list.
    pub const fn all_headers(&self) -> bool {
        matches!(self.headers, Unlisted::Absent)
    }
}

/// What is known of the connection, none of it through a channel that a client writes.
#[derive(Clone, Copy, Debug)]
pub struct Connection<'a> {
    /// The client's address, after the proxies that the host trusts.
    pub address: Fact<IpAddr>,
    /// Whether the client's connection is encrypted.
    pub encrypted: Fact<bool>,
    /// JA4 of the ClientHello; absent on a connection without TLS.
    pub ja4: Fact<&'a [u8]>,
    /// JA3 (MD5, hex) of the ClientHello; absent on a connection without TLS.
    pub ja3: Fact<&'a [u8]>,
    /// The negotiated version, `TLSv1.3`; absent without TLS.
    pub tls_version: Fact<&'a [u8]>,
    /// The server name asked for in the hello; absent when the hello had none.
    pub sni: Fact<&'a [u8]>,
    /// The negotiated ALPN protocol; absent when there was none.
    pub alpn: Fact<&'a [u8]>,
    /// The autonomous system the address belongs to.
    pub asn: Fact<u32>,
    /// ISO 3166-1 alpha-2 country of the address.
    pub country: Fact<&'a [u8]>,
}

impl Connection<'_> {
    /// A connection of which nothing can be seen: hosts fill in what they can.
    pub const UNAVAILABLE: Self = Self {
        address: Fact::Unavailable,
        encrypted: Fact::Unavailable,
        ja4: Fact::Unavailable,
        ja3: Fact::Unavailable,
        tls_version: Fact::Unavailable,
        sni: Fact::Unavailable,
        alpn: Fact::Unavailable,
        asn: Fact::Unavailable,
        country: Fact::Unavailable,
    };
}
