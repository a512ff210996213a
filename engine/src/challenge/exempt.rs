//! What no band of risk challenges, because nobody is there who could answer: certificates would not be renewed, uptime
//! checks would fail, connections that a page opens would break. A rule that asks for a challenge itself is not held back.

use crate::{assets::PREFIX, facts::Facts};

/// Where certificate authorities look for a token (RFC 8555, section 8.3).
const ACME: &[u8] = b"/.well-known/acme-challenge/";

/// What is fetched without anybody asking for it.
const UNATTENDED: [&[u8]; 2] = [b"/robots.txt", b"/favicon.ico"];

/// Where load balancers and uptime checks look, by the habits of Kubernetes, Prometheus, Rails, Spring and Quarkus.
const HEALTH: [&[u8]; 15] = [
    b"/-/healthy",
    b"/-/ready",
    b"/actuator/health",
    b"/actuator/health/liveness",
    b"/actuator/health/readiness",
    b"/health",
    b"/health/live",
    b"/health/ready",
    b"/healthz",
    b"/livez",
    b"/ping",
    b"/q/health",
    b"/ready",
    b"/readyz",
    b"/up",
];

/// Whether a request is one that a band of risk does not challenge.
pub fn is_exempt(facts: &Facts<'_>) -> bool {
    is_unattended(facts) || is_websocket(facts) || is_grpc(facts)
}

/// Whether it is one that no ladder of a limit challenges either: by what it asks for, and by no header that a client can add
/// to whatever it asks for.
pub fn is_unattended(facts: &Facts<'_>) -> bool {
    let path = facts.request.path();
    UNATTENDED.contains(&path)
        || HEALTH.contains(&path)
        || path.starts_with(PREFIX.as_bytes())
        || path.strip_prefix(ACME).is_some_and(is_token)
        || is_preflight(facts)
}

/// A token is base64url (RFC 8555, section 8.3). Anything else could lead out of the folder at the origin.
fn is_token(rest: &[u8]) -> bool {
    !rest.is_empty() && rest.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte))
}

/// A browser asks for leave to send another request, and shows no answer to anybody.
fn is_preflight(facts: &Facts<'_>) -> bool {
    facts.request.method == b"OPTIONS"
        && header(facts, b"origin").is_some()
        && header(facts, b"access-control-request-method").is_some()
}

/// A host hands nobody an answer to an upgrade that is none: whoever only says so gets no page. The request itself reaches
/// the origin, as it would from a page.
fn is_websocket(facts: &Facts<'_>) -> bool {
    header(facts, b"upgrade").is_some_and(|to| to.eq_ignore_ascii_case(b"websocket"))
        && header(facts, b"sec-websocket-version").is_some()
}

/// A call is a POST of this type, and says that it takes trailers but from a browser's page (gRPC over HTTP/2, section
/// Requests; gRPC-Web, section Protocol differences). An origin that takes such a request for another kind has to be
/// protected by a rule.
fn is_grpc(facts: &Facts<'_>) -> bool {
    let kind = header(facts, b"content-type").and_then(|kind| kind.strip_prefix(b"application/grpc"));
    facts.request.method == b"POST"
        && match kind {
            Some([] | [b'+' | b';', ..]) => header(facts, b"te") == Some(b"trailers"),
            Some(web) => matches!(web, [b'-', b'w', b'e', b'b', rest @ ..] if is_web(rest)),
            None => false,
        }
}

/// What may follow `application/grpc-web`.
fn is_web(rest: &[u8]) -> bool {
    let rest = rest.strip_prefix(b"-text").unwrap_or(rest);
    matches!(rest, [] | [b'+' | b';', ..])
}

fn header<'a>(facts: &Facts<'a>, name: &[u8]) -> Option<&'a [u8]> {
    facts.headers.list.iter().find(|(known, _)| *known == name).map(|&(_, value)| value)
}
