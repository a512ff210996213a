//! What is asked of every request before its endpoint sees it.

use super::{
    problem::Problem,
    table::{Endpoint, Route},
};
use crate::{
    fact::Fact,
    facts::{Facts, Request},
};

/// What is wrong with the head of a request.
pub(super) fn head(route: &Route, facts: &Facts<'_>) -> Result<(), Problem> {
    if route.endpoint == Endpoint::Unknown {
        return Err(Problem::MISSING);
    }
    if !route.allow.split(", ").any(|method| method.as_bytes() == facts.request.method) {
        return Err(Problem::new(405, "This address does not take this method."));
    }
    if facts.request.method != b"POST" {
        return Ok(());
    }
    if !is_same_origin(facts) {
        return Err(Problem::new(403, "Only pages of this site may send this."));
    }
    length(route, facts)?;
    kind(route, facts)
}

/// What is wrong with the body.
pub(super) fn body(route: &Route, facts: &Facts<'_>, body: &[u8]) -> Result<(), Problem> {
    if facts.request.method == b"POST" && body.len() > route.body.most { Err(TOO_LARGE) } else { Ok(()) }
}

const TOO_LARGE: Problem = Problem::new(413, "This is more than is taken here.");

/// A length that says too much is refused before any of the body is read; one that lies is found out by the body.
fn length(route: &Route, facts: &Facts<'_>) -> Result<(), Problem> {
    for length in values(facts, b"content-length") {
        let length = core::str::from_utf8(length).ok().and_then(|length| length.parse::<u64>().ok());
        let most = u64::try_from(route.body.most).unwrap_or(u64::MAX);
        match length {
            None => return Err(Problem::new(400, "The length of the content is no number.")),
            Some(length) if length > most => return Err(TOO_LARGE),
            Some(_) => {}
        }
    }
    Ok(())
}

fn kind(route: &Route, facts: &Facts<'_>) -> Result<(), Problem> {
    let Some(kind) = route.body.kind else { return Ok(()) };
    let mut sent = values(facts, b"content-type").map(essence);
    match (sent.next(), sent.next()) {
        (Some(sent), None) if sent.eq_ignore_ascii_case(kind.as_bytes()) => Ok(()),
        _ => Err(Problem::new(415, "This is not the type of content that is taken here.")),
    }
}

/// A media type without its parameters.
fn essence(kind: &[u8]) -> &[u8] {
    kind.split(|&byte| byte == b';').next().unwrap_or(kind).trim_ascii()
}

/// Whether a browser would send this for a page of this site, or no browser sent it.
///
/// `Sec-Fetch-Site` and `Origin` are written by the browser, not by the page. The first compares what the page and the
/// address were called in the browser, so it holds also where something in front of this host calls the site by another
/// name; only without it does `Origin` have to be ours.
fn is_same_origin(facts: &Facts<'_>) -> bool {
    let mut sites = values(facts, b"sec-fetch-site").peekable();
    if sites.peek().is_some() {
        return sites.all(|site| matches!(site, b"same-origin" | b"none"));
    }
    values(facts, b"origin").all(|origin| is_of(origin, &facts.request, facts.connection.encrypted))
}

/// Whether an origin is `scheme://authority` of the request. On a connection that is not encrypted `https` is right too:
/// then something in front of this host ended TLS.
fn is_of(origin: &[u8], request: &Request<'_>, encrypted: Fact<bool>) -> bool {
    let Some((scheme, authority)) = split(origin) else { return false };
    let scheme_fits = scheme == request.scheme || (scheme == b"https" && encrypted != Fact::Known(true));
    scheme_fits && plain(authority, scheme).eq_ignore_ascii_case(plain(request.authority, scheme))
}

fn split(origin: &[u8]) -> Option<(&[u8], &[u8])> {
    [&b"https"[..], b"http"]
        .into_iter()
        .find_map(|scheme| Some((scheme, origin.strip_prefix(scheme)?.strip_prefix(b"://")?)))
}

/// An authority without the port that its scheme implies, which origins leave out.
fn plain<'a>(authority: &'a [u8], scheme: &[u8]) -> &'a [u8] {
    let port: &[u8] = if scheme == b"https" { b":443" } else { b":80" };
    authority.strip_suffix(port).unwrap_or(authority)
}

fn values<'a>(facts: &Facts<'a>, name: &'static [u8]) -> impl Iterator<Item = &'a [u8]> {
    facts.headers.list.iter().filter(move |(known, _)| *known == name).map(|&(_, value)| value)
}
