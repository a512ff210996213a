//! Whom a signature names: the member of `Signature-Agent` that it is over.
//!
//! The draft keys the member by the signature's label. Where an intermediary gave the signature another label, as RFC 9421, 7.2.5, lets it and as
//! the draft's own vectors have it, the one member that the signature is over is meant. What it is not over, it does not name.

use super::{Outcome, profile::Claim};
use crate::{
    directories::{Kind, WELL_KNOWN, check_url},
    structured::{Dictionary, Item, item},
};
use alloc::{borrow::ToOwned, string::String, vec::Vec};

const FIELD: &str = "signature-agent";

/// `Signature-Agent`, all its lines; none where it was not sent, or is not read.
pub(super) struct Header {
    pub(super) text: Option<Vec<u8>>,
}

/// Whom a signature names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// Whoever has this directory.
    Url(String),
    /// Nobody: it can only be known by its key.
    Nobody,
    /// Somebody whose keys are not looked for here.
    Unread,
}

impl Header {
    /// Whom it names.
    pub(super) fn named(&self, claim: &Claim<'_>) -> Result<Named, Outcome> {
        let Some(text) = &self.text else { return Ok(Named::Nobody) };
        if text.trim_ascii_start().starts_with(b"\"") {
            return legacy(text, claim);
        }
        // A field that is malformed counts as not sent (RFC 9651, 4.2); a signature over it has no base then.
        let Some(members) = Dictionary::read(text) else { return Ok(Named::Nobody) };
        let mut keys: Vec<String> = covered(claim).collect();
        if keys.is_empty() && claim.covers(FIELD) {
            // Over the whole field is over each member. The package `web-bot-auth` 0.1 of npm signs so.
            keys.extend(members.sent.iter().map(|member| member.key.to_owned()));
        }
        let key = match keys.as_slice() {
            [] => return Err(Outcome::Invalid),
            [one] => one,
            several => several.iter().find(|key| *key == claim.label).ok_or(Outcome::Invalid)?,
        };
        let member = members.get(key).and_then(|value| value.item()).ok_or(Outcome::Invalid)?;
        Ok(url(member).map_or(Named::Unread, Named::Url))
    }
}

/// The form of earlier drafts: a string, of which the signature is over the whole field.
fn legacy(text: &[u8], claim: &Claim<'_>) -> Result<Named, Outcome> {
    let Some(value) = item(text) else { return Ok(Named::Nobody) };
    if !claim.covers(FIELD) {
        return Err(Outcome::Invalid);
    }
    Ok(url(&value).map_or(Named::Unread, Named::Url))
}

/// The keys of the members that a signature is over.
fn covered<'a>(claim: &'a Claim<'_>) -> impl Iterator<Item = String> + 'a {
    claim.input.items().filter_map(|item| {
        let mut parameters = item.parameters.sent();
        match (item.bare.string()?.as_ref(), parameters.next(), parameters.next()) {
            (FIELD, Some(("key", key)), None) => key.string().map(|key| (*key).to_owned()),
            _ => None,
        }
    })
}

/// The URL of the directory that a member leads to; none of one whose type is not read here, or that leads nowhere.
fn url(member: &Item<'_>) -> Option<String> {
    let text = member.bare.string()?;
    let location = check_url(&text).ok()?;
    let is_well_known = location.kind() == Kind::Directory;
    let fits = match member.parameters.get("type") {
        // What has a path is no origin, and the draft has verifiers ignore it.
        None => is_well_known,
        Some(kind) => match kind.token()? {
            "directory" => is_well_known,
            "jwks_uri" => !is_well_known || text.ends_with(WELL_KNOWN),
            _ => false,
        },
    };
    fits.then(|| location.url().to_owned())
}
