//! Which endpoints there are, and what each takes.

use crate::{assets, beacon};

/// What answers a request under the prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// A script or style sheet.
    Script,
    /// A session opens.
    Hello,
    /// A session ends.
    Forget,
    /// A batch of observations.
    Beacon,
    /// The answer to a challenge.
    Challenge,
    /// The way through a challenge without a script.
    Wait,
    /// The page on which visitors see what is seen of them.
    Lab,
    /// Nothing.
    Unknown,
}

impl Endpoint {
    /// Every endpoint, in order.
    pub const ALL: [Self; 8] =
        [Self::Script, Self::Hello, Self::Forget, Self::Beacon, Self::Challenge, Self::Wait, Self::Lab, Self::Unknown];

    /// The name that metrics give.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Script => "script",
            Self::Hello => "hello",
            Self::Forget => "forget",
            Self::Beacon => "beacon",
            Self::Challenge => "challenge",
            Self::Wait => "wait",
            Self::Lab => "lab",
            Self::Unknown => "unknown",
        }
    }
}

/// What an endpoint takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Route {
    pub(super) endpoint: Endpoint,
    /// The methods, as in the header `Allow`.
    pub(super) allow: &'static str,
    /// The body of a POST.
    pub(super) body: Body,
}

/// The body of a POST.
#[derive(Clone, Copy, Debug)]
pub(super) struct Body {
    /// The most bytes.
    pub(super) most: usize,
    /// The content type; any will do where a body says nothing.
    pub(super) kind: Option<&'static str>,
}

const NO_BODY: Body = Body { most: 0, kind: None };
const BATCH: Body = Body { most: beacon::MAX_BYTES, kind: Some("application/octet-stream") };

/// Of an answer to a challenge: the challenge and a counter, with room to spare.
const ANSWER: Body = Body { most: 2 * 1_024, kind: Some("application/json") };

/// Nothing that counts: some clients send a body with every POST.
const GREETING: Body = Body { most: 64, kind: None };

/// The route of a name under the prefix.
pub(super) fn route(name: &[u8]) -> Route {
    let (endpoint, allow, body) = match name {
        b"beacon.js" => (Endpoint::Script, "GET, HEAD", NO_BODY),
        b"hello" => (Endpoint::Hello, "POST", GREETING),
        b"forget" => (Endpoint::Forget, "POST", GREETING),
        b"beacon" => (Endpoint::Beacon, "POST", BATCH),
        b"challenge" => (Endpoint::Challenge, "POST", ANSWER),
        b"challenge/wait" => (Endpoint::Wait, "GET", NO_BODY),
        b"lab" => (Endpoint::Lab, "GET, HEAD, POST", BATCH),
        _ if assets::ASSETS.iter().any(|asset| asset.is_named(name)) => (Endpoint::Script, "GET, HEAD", NO_BODY),
        _ => (Endpoint::Unknown, "", NO_BODY),
    };
    Route { endpoint, allow, body }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_exact() {
        for name in ["", "Hello", "hello/", "beacon/x", "beacon.js.map", "challenge/wait/", "../x", "%68ello"] {
            assert_eq!(route(name.as_bytes()).endpoint, Endpoint::Unknown, "{name}");
        }
        assert_eq!(route(b"hello").endpoint, Endpoint::Hello);
    }

    #[test]
    fn metrics_name_each_endpoint_once() {
        for (place, endpoint) in Endpoint::ALL.into_iter().enumerate() {
            assert_eq!(endpoint as usize, place, "{}", endpoint.name());
        }
    }
}
