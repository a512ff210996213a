//! What a signature of a request is over (RFC 9421, 2.5), for those who verify it.
//!
//! A component that this host cannot see is no fault of the signer's, and is told apart from one that the request lacks.

mod query;
#[cfg(test)]
mod tests;

use crate::{
    facts::{Facts, Request},
    structured::{Bare, Dictionary, InnerList, Item},
};
use alloc::{string::String, vec::Vec};
use base64ct::{Base64, Encoding};

/// The longest base that is built: more than any host takes for a request's head.
pub const LONGEST: usize = 128 << 10;

/// The most components that are looked at.
const MOST: usize = 64;

/// Why there is no base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BaseError {
    /// The signature is not over this request, or over none: a component is not there, stands twice, or is malformed.
    Invalid,
    /// It is over something that cannot be seen here, or is too much.
    Unsupported,
}

/// The base of a signature over a request, by its components and parameters as `Signature-Input` has them.
///
/// # Errors
/// Says whether the signature or this reader is to blame.
pub fn base(signed: InnerList<'_>, facts: &Facts<'_>) -> Result<Vec<u8>, BaseError> {
    let mut base: Vec<u8> = Vec::with_capacity(512);
    let mut seen: Vec<String> = Vec::new();
    for item in signed.items() {
        let mut name = String::with_capacity(32);
        item.write(&mut name);
        if seen.contains(&name) {
            return Err(BaseError::Invalid);
        }
        if seen.len() == MOST {
            return Err(BaseError::Unsupported);
        }
        base.extend_from_slice(name.as_bytes());
        base.extend_from_slice(b": ");
        component(&item, facts, &mut base)?;
        base.push(b'\n');
        if base.len() > LONGEST {
            return Err(BaseError::Unsupported);
        }
        seen.push(name);
    }
    let mut parameters = String::with_capacity(256);
    signed.write(&mut parameters);
    base.extend_from_slice(b"\"@signature-params\": ");
    base.extend_from_slice(parameters.as_bytes());
    Ok(base)
}

fn component(item: &Item<'_>, facts: &Facts<'_>, out: &mut Vec<u8>) -> Result<(), BaseError> {
    let name = item.bare.string().ok_or(BaseError::Invalid)?;
    match name.strip_prefix('@') {
        Some("query-param") => query::parameter(item, &facts.request, out),
        Some(derived) if item.parameters.is_empty() => self::derived(derived, facts, out),
        // `;req` is of responses; no other parameter is of a derived component.
        Some(_) => Err(BaseError::Invalid),
        None => field(&name, item, facts, out),
    }
}

fn derived(name: &str, facts: &Facts<'_>, out: &mut Vec<u8>) -> Result<(), BaseError> {
    let request = &facts.request;
    let is_seen = match name {
        "authority" => facts.seen.authority,
        "scheme" => facts.seen.scheme,
        "path" => facts.seen.path,
        "query" => facts.seen.query,
        "target-uri" | "request-target" => {
            facts.seen.authority && facts.seen.scheme && facts.seen.path && facts.seen.query
        }
        _ => true,
    };
    if !is_seen {
        return Err(BaseError::Unsupported);
    }
    match name {
        "method" => out.extend_from_slice(request.method),
        "authority" => write_authority(request, out),
        "scheme" => out.extend(request.scheme.iter().map(u8::to_ascii_lowercase)),
        "path" => out.extend_from_slice(path(request)),
        "query" => {
            out.push(b'?');
            out.extend_from_slice(request.query().unwrap_or_default());
        }
        "target-uri" => {
            out.extend(request.scheme.iter().map(u8::to_ascii_lowercase));
            out.extend_from_slice(b"://");
            write_authority(request, out);
            out.extend_from_slice(path(request));
            if let Some(query) = request.query() {
                out.push(b'?');
                out.extend_from_slice(query);
            }
        }
        "request-target" => out.extend_from_slice(request.target),
        // `@status` is of responses.
        _ => return Err(BaseError::Invalid),
    }
    Ok(())
}

/// `@path`: an empty one is `/`.
pub(crate) fn path<'a>(request: &Request<'a>) -> &'a [u8] {
    if request.path().is_empty() { b"/" } else { request.path() }
}

/// `@authority` (RFC 9421, 2.2.3) but for its lower case: without the scheme's default port.
pub(crate) fn authority<'a>(request: &Request<'a>) -> &'a [u8] {
    let port: &[u8] = if request.scheme == b"https" { b":443" } else { b":80" };
    request.authority.strip_suffix(port).unwrap_or(request.authority)
}

fn write_authority(request: &Request<'_>, out: &mut Vec<u8>) {
    out.extend(authority(request).iter().map(u8::to_ascii_lowercase));
}

/// A field, all its lines: as they are, or by a parameter the member of a key, the bytes of each line, or the one form of its value.
fn field(name: &str, item: &Item<'_>, facts: &Facts<'_>, out: &mut Vec<u8>) -> Result<(), BaseError> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(BaseError::Invalid);
    }
    let lines: Vec<&[u8]> = lines(facts, name).collect();
    if lines.is_empty() {
        let is_shown = facts.seen.all_headers();
        return Err(if is_shown { BaseError::Invalid } else { BaseError::Unsupported });
    }
    let mut parameters = item.parameters.sent();
    match (parameters.next(), parameters.next()) {
        (None, _) => out.extend_from_slice(&lines.join(&b", "[..])),
        (Some(("key", key)), None) => {
            let joined = lines.join(&b", "[..]);
            let key = key.string().ok_or(BaseError::Invalid)?;
            let dictionary = Dictionary::read(&joined).ok_or(BaseError::Invalid)?;
            write(dictionary.get(&key).ok_or(BaseError::Invalid)?, out);
        }
        (Some(("bs", Bare::Boolean(true))), None) => {
            for (at, line) in lines.iter().enumerate() {
                out.extend_from_slice(if at == 0 { b":" } else { b", :" });
                out.extend_from_slice(Base64::encode_string(line).as_bytes());
                out.push(b':');
            }
        }
        // `;tr` is of trailers, which come after the decision, and what type a field has nobody says to `;sf`.
        (Some(("sf" | "tr", Bare::Boolean(true))), _) => return Err(BaseError::Unsupported),
        _ => return Err(BaseError::Invalid),
    }
    Ok(())
}

fn write(value: &crate::structured::Value<'_>, out: &mut Vec<u8>) {
    let mut text = String::new();
    value.write(&mut text);
    out.extend_from_slice(text.as_bytes());
}

/// The lines of a field, without the space around them.
pub(crate) fn lines<'a>(facts: &Facts<'a>, name: &str) -> impl Iterator<Item = &'a [u8]> {
    let is_wanted = move |(known, _): &&(&'a [u8], &'a [u8])| *known == name.as_bytes();
    facts.headers.list.iter().filter(is_wanted).map(|&(_, value)| value.trim_ascii())
}
