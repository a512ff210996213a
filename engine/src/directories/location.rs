//! Where a directory is: the URL that is fetched, and by which an agent is known.

use alloc::{format, string::String};
use core::fmt;

/// Where an origin keeps its directory.
pub const WELL_KNOWN: &str = "/.well-known/http-message-signatures-directory";

/// No URL is longer.
const LONGEST: usize = 2_048;

/// Domains that name nothing outside of a network of one's own (RFC 6761, 6762, 8375 and what clouds do).
const INNER: [&str; 6] = ["localhost", "local", "internal", "localdomain", "lan", "home.arpa"];

/// What a URL leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The directory of an origin, at its well-known place.
    Directory,
    /// A JWK Set anywhere else.
    JwkSet,
}

/// Where a directory is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    // INVARIANT: `https://`, an authority in lower case without a default port, and a path that is not empty.
    url: String,
    path: usize,
}

impl Location {
    /// The URL: the same for every way to write it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Host, and port where it is not the usual one.
    pub fn authority(&self) -> &str {
        self.url.get(SCHEME.len()..self.path).unwrap_or_default()
    }

    /// The path.
    pub fn path(&self) -> &str {
        self.url.get(self.path..).unwrap_or_default()
    }

    /// What it leads to.
    pub fn kind(&self) -> Kind {
        if self.path() == WELL_KNOWN { Kind::Directory } else { Kind::JwkSet }
    }
}

const SCHEME: &str = "https://";

/// Reads where an agent's keys are: an origin, `https://agent.example`, whose directory is at its well-known place, or the URL
/// of a JWK Set. What could lead into a network of one's own is refused here by its name; which addresses a name has, only
/// those who fetch it can tell.
///
/// # Errors
/// Says what is wrong with it.
pub fn check_url(text: &str) -> Result<Location, UrlError> {
    let rest = text.strip_prefix(SCHEME).ok_or(UrlError::Scheme)?;
    if text.len() > LONGEST || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(UrlError::Malformed);
    }
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    if authority.contains('@') {
        return Err(UrlError::User);
    }
    if path.contains(['?', '#']) {
        return Err(UrlError::Query);
    }
    if path.split('/').any(|part| matches!(part, "." | "..")) || path.contains(['\\', '"', '<', '>']) {
        return Err(UrlError::Malformed);
    }
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !authority.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let host = host.to_ascii_lowercase();
    check_host(&host)?;
    let authority = match port.map(str::parse::<u16>) {
        None | Some(Ok(443)) => host,
        Some(Ok(port)) if port > 0 => format!("{host}:{port}"),
        Some(_) => return Err(UrlError::Malformed),
    };
    let path = if path.is_empty() || path == "/" { WELL_KNOWN } else { path };
    Ok(Location { path: SCHEME.len() + authority.len(), url: format!("{SCHEME}{authority}{path}") })
}

fn check_host(host: &str) -> Result<(), UrlError> {
    let last = host.rsplit('.').next().unwrap_or_default();
    // `127.1` and `0x7f000001` are addresses to many a resolver.
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x");
    if host.starts_with('[') || (is_number && !last.is_empty()) {
        return Err(UrlError::Address);
    }
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if host.len() > 253 || !host.split('.').all(is_label) {
        return Err(UrlError::Malformed);
    }
    let is_inner = |name: &str| host.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    if !host.contains('.') || INNER.into_iter().any(is_inner) {
        return Err(UrlError::Inner);
    }
    Ok(())
}

/// Why a URL cannot be a directory's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UrlError {
    /// It does not begin with `https://`.
    Scheme,
    /// It is no URL.
    Malformed,
    /// It names a user.
    User,
    /// It has a query or a fragment.
    Query,
    /// Its host is an address.
    Address,
    /// Its host is one of a network of one's own.
    Inner,
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scheme => "a directory's URL begins with `https://`",
            Self::Malformed => "this is no URL of a host and a path in ASCII",
            Self::User => "a directory's URL names no user",
            Self::Query => "a directory's URL has neither a query nor a fragment",
            Self::Address => "a directory's host is a name, and no address",
            Self::Inner => "a directory's host is one that all the internet knows",
        })
    }
}

impl core::error::Error for UrlError {}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::borrow::ToOwned;
    use proptest::prelude::*;

    fn url(text: &str) -> Result<String, UrlError> {
        check_url(text).map(|location| location.url().to_owned())
    }

    #[test]
    fn an_origin_leads_to_its_well_known_place() {
        for text in ["https://agent.example", "https://Agent.Example/", "https://agent.example:443"] {
            let location = check_url(text).unwrap();
            assert_eq!((location.authority(), location.path()), ("agent.example", WELL_KNOWN), "{text}");
            assert_eq!(location.kind(), Kind::Directory);
        }
        let set = check_url("https://agent.example:8443/keys.json").unwrap();
        assert_eq!((set.authority(), set.path(), set.kind()), ("agent.example:8443", "/keys.json", Kind::JwkSet));
    }

    #[test]
    fn what_leads_inside_is_refused() {
        for (text, error) in [
            ("http://agent.example", UrlError::Scheme),
            ("HTTPS://agent.example", UrlError::Scheme),
            ("agent.example", UrlError::Scheme),
            ("https://", UrlError::Malformed),
            ("https://a b.example", UrlError::Malformed),
            ("https://agent.example./", UrlError::Malformed),
            ("https://agent..example", UrlError::Malformed),
            ("https://agent.example:0", UrlError::Malformed),
            ("https://agent.example:x", UrlError::Malformed),
            ("https://agent.example:65536", UrlError::Malformed),
            ("https://agent.example/a/../b", UrlError::Malformed),
            ("https://ägent.example", UrlError::Malformed),
            ("https://user@agent.example", UrlError::User),
            ("https://agent.example@127.0.0.1/", UrlError::User),
            ("https://agent.example/?a", UrlError::Query),
            ("https://agent.example#a", UrlError::Query),
            ("https://127.0.0.1", UrlError::Address),
            ("https://127.1", UrlError::Address),
            ("https://2130706433", UrlError::Address),
            ("https://0x7f.0x1", UrlError::Address),
            ("https://169.254.169.254/latest", UrlError::Address),
            ("https://[::1]", UrlError::Address),
            ("https://[fe80::1]:443/", UrlError::Address),
            ("https://localhost", UrlError::Inner),
            ("https://a.localhost:8443", UrlError::Inner),
            ("https://metadata.google.internal", UrlError::Inner),
            ("https://printer.local", UrlError::Inner),
            ("https://intranet", UrlError::Inner),
            ("https://nas.home.arpa", UrlError::Inner),
        ] {
            assert_eq!(url(text), Err(error), "{text}");
        }
        assert!(url("https://notlocal.example").is_ok());
        assert!(url("https://thelocal").is_err());
        assert!(url("https://www.thelocal").is_ok(), "a part of a name is another name");
    }

    proptest! {
        #[test]
        fn what_is_read_reads_as_itself(text in "https://[a-zA-Z0-9.:@/?#\\[\\]-]{0,30}") {
            if let Ok(location) = check_url(&text) {
                prop_assert_eq!(check_url(location.url()), Ok(location));
            }
        }
    }
}
