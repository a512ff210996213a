//! One parameter of a query, as forms write it (RFC 9421, 2.2.8).

use super::BaseError;
use crate::{facts::Request, structured::Item};
use alloc::vec::Vec;

/// Appends the value of the parameter that `;name=` names; one that stands twice has none.
pub(super) fn parameter(item: &Item<'_>, request: &Request<'_>, out: &mut Vec<u8>) -> Result<(), BaseError> {
    let mut given = item.parameters.sent();
    let (Some(("name", name)), None) = (given.next(), given.next()) else { return Err(BaseError::Invalid) };
    let name = name.string().ok_or(BaseError::Invalid)?;
    let mut values = request.query().unwrap_or_default().split(|&byte| byte == b'&').filter_map(|pair| {
        let mut parts = pair.splitn(2, |&byte| byte == b'=');
        let (key, value) = (parts.next()?, parts.next().unwrap_or_default());
        (encoded(key) == name.as_bytes()).then_some(value)
    });
    let (Some(value), None) = (values.next(), values.next()) else { return Err(BaseError::Invalid) };
    out.extend(encoded(value));
    Ok(())
}

/// Decoded, and encoded again in the one way that signers use.
fn encoded(text: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = Vec::with_capacity(text.len());
    for byte in decoded(text) {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => out.push(byte),
            _ => {
                let digit = |value: u8| DIGITS.get(usize::from(value)).copied().unwrap_or(b'0');
                out.extend([b'%', digit(byte >> 4), digit(byte & 15)]);
            }
        }
    }
    out
}

fn decoded(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match (byte, after.split_at_checked(2)) {
            (b'%', Some((digits, later))) if digits.iter().all(u8::is_ascii_hexdigit) => {
                out.extend(core::str::from_utf8(digits).ok().and_then(|digits| u8::from_str_radix(digits, 16).ok()));
                rest = later;
            }
            (b'+', _) => out.push(b' '),
            _ => out.push(byte),
        }
    }
    out
}
