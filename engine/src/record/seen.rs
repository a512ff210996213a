//! What a record says of a request, before any format has named it.

use super::Addresses;
use crate::{
    decision::{Decision, Verdict},
    fact::Fact,
    facts::{Facts, Protocol},
    identity,
    keys::Keyring,
    rules::Action,
};
use core::net::IpAddr;

/// The parts of a request that records repeat. What a host cannot see, and what was not there, is left out.
pub(super) struct Seen<'a> {
    /// Milliseconds since 1970.
    pub(super) millis: u64,
    pub(super) method: &'a [u8],
    pub(super) scheme: &'a [u8],
    pub(super) host: &'a [u8],
    pub(super) port: Option<u16>,
    /// Without the query.
    pub(super) path: &'a [u8],
    pub(super) agent: Option<&'a [u8]>,
    pub(super) protocol: Option<Protocol>,
    /// The client's address, where the policy wants it in records as it is.
    pub(super) address: Option<IpAddr>,
    /// Its pseudonym.
    pub(super) client: Option<u64>,
    pub(super) tls_version: Option<&'a [u8]>,
    pub(super) sni: Option<&'a [u8]>,
    pub(super) ja3: Option<&'a [u8]>,
    pub(super) ja4: Option<&'a [u8]>,
}

impl<'a> Seen<'a> {
    pub(super) fn new(facts: &Facts<'a>, keys: &Keyring, addresses: Addresses) -> Self {
        let connection = &facts.connection;
        let (host, port) = host_and_port(facts.request.authority);
        Self {
            millis: facts.now.millis(),
            method: facts.request.method,
            scheme: facts.request.scheme,
            host,
            port,
            path: facts.request.path(),
            agent: facts.headers.list.iter().find(|(name, _)| *name == b"user-agent").map(|(_, agent)| *agent),
            protocol: known(facts.request.protocol),
            address: known(connection.address).filter(|_| addresses == Addresses::Plain).map(|ip| ip.to_canonical()),
            client: known(identity::pseudonym(connection.address, keys)),
            tls_version: known(connection.tls_version),
            sni: known(connection.sni),
            ja3: known(connection.ja3),
            ja4: known(connection.ja4),
        }
    }
}

fn known<T>(fact: Fact<T>) -> Option<T> {
    match fact {
        Fact::Known(value) => Some(value),
        Fact::Absent | Fact::Unavailable => None,
    }
}

/// The two parts of an authority, whose second is a number as one would write it; all of it is the host otherwise, so that
/// both together always are what was sent.
fn host_and_port(authority: &[u8]) -> (&[u8], Option<u16>) {
    let Some(colon) = authority.iter().rposition(|&byte| byte == b':') else { return (authority, None) };
    let Some((host, [_, digits @ ..])) = authority.split_at_checked(colon) else { return (authority, None) };
    if digits.first().is_none_or(|first| !(b'1'..=b'9').contains(first)) || !digits.iter().all(u8::is_ascii_digit) {
        return (authority, None);
    }
    match core::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()) {
        Some(port) => (host, Some(port)),
        None => (authority, None),
    }
}

/// The rule or limit that asked for the verdict; none where the risk alone led to it.
pub(super) fn deciding<'a>(decision: &Decision<'a>) -> Option<&'a str> {
    let reason = decision.reasons.counted().first()?;
    let asked = match reason.action {
        Action::Score | Action::Allow | Action::Excuse => return None,
        Action::Tag => Verdict::Tag,
        Action::Throttle => Verdict::Throttle,
        Action::Challenge => Verdict::Challenge,
        Action::Block | Action::Decoy => Verdict::Block,
    };
    (asked == decision.verdict).then_some(reason.id)
}

/// How grave it is, as OCSF counts and calls it.
pub(super) const fn severity(verdict: Verdict) -> (u64, &'static str) {
    match verdict {
        Verdict::Allow => (1, "Informational"),
        Verdict::Tag | Verdict::Throttle | Verdict::Challenge => (2, "Low"),
        Verdict::Block => (3, "Medium"),
    }
}

/// Whether somebody shall look at it: a refusal for good, in force.
pub(super) fn is_alert(decision: &Decision<'_>) -> bool {
    decision.enforced && decision.verdict == Verdict::Block
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_is_a_host_and_a_port_that_make_it_again() {
        let cases: [(&[u8], &[u8], Option<u16>); 10] = [
            (b"shop.example", b"shop.example", None),
            (b"shop.example:8443", b"shop.example", Some(8443)),
            (b"[2001:db8::1]:443", b"[2001:db8::1]", Some(443)),
            (b"[2001:db8::1]", b"[2001:db8::1]", None),
            (b"shop.example:0443", b"shop.example:0443", None),
            (b"shop.example:0", b"shop.example:0", None),
            (b"shop.example:65536", b"shop.example:65536", None),
            (b"shop.example:+80", b"shop.example:+80", None),
            (b"shop.example:", b"shop.example:", None),
            (b"", b"", None),
        ];
        for (authority, host, port) in cases {
            assert_eq!(host_and_port(authority), (host, port), "{}", authority.escape_ascii());
        }
    }
}
