//! What a request says of its own content: `Content-Digest` (RFC 9530), which the signature of a bound request covers.
//!
//! A client's own field stays where it is right, so that a signature of the client's over it stays right, too. What it
//! lacks is added; a field that says something else of SHA-256 than is true is nobody's mistake but a changed body's.

use crate::{
    decision::Edit,
    facts::Facts,
    structured::{Bare, Dictionary, Member},
};
use alloc::{borrow::Cow, vec::Vec};
use base64ct::{Base64, Encoding};
use sha2::{Digest as _, Sha256};

/// The field's name.
pub(super) const FIELD: &str = "content-digest";

/// The name under which CGI and its heirs would show an origin the same variable.
const TWIN: &[u8] = b"content_digest";

const ALGORITHM: &str = "sha-256";

/// The field as the origin gets it.
#[derive(Clone, Debug)]
pub(crate) struct ContentDigest<'a> {
    // The whole value; borrowed where it is the client's own, in one line.
    value: Cow<'a, [u8]>,
}

impl<'a> ContentDigest<'a> {
    /// The field for this content; none where the request itself says that its content is another.
    pub(crate) fn of(facts: &Facts<'a>, content: &[u8]) -> Option<Self> {
        let mut text = [0; 44];
        let ours = Base64::encode(&Sha256::digest(content), &mut text).unwrap_or_default();
        let (mut others, mut stated, mut lines) = (Vec::new(), 0, values(facts));
        for line in values(facts) {
            // What is no dictionary says nothing (RFC 9651, 4.2).
            for member in members(line).unwrap_or_default() {
                match (member.key, digest(&member)) {
                    (ALGORITHM, Some(digest)) if digest == ours => stated += 1,
                    (ALGORITHM, Some(_)) => return None,
                    // Of another type: no reader takes it for a digest.
                    (ALGORITHM, None) => {}
                    _ => others.push(member.text),
                }
            }
        }
        let value = match (lines.next(), lines.next()) {
            (Some(line), None) if stated == 1 && is_whole(line, others.len()) => Cow::Borrowed(line),
            _ => Cow::Owned(written(&others, ours)),
        };
        Some(Self { value })
    }

    /// The whole value, as the signature covers it.
    pub(super) fn value(&self) -> &[u8] {
        &self.value
    }

    /// Makes the field what it shall be.
    pub(super) fn write(self, facts: &Facts<'a>, edits: &mut Vec<Edit<'a>>) {
        if facts.headers.list.iter().any(|(name, _)| *name == TWIN) {
            edits.push(Edit::Remove(TWIN));
        }
        if let Cow::Owned(value) = self.value {
            if values(facts).next().is_some() {
                edits.push(Edit::Remove(FIELD.as_bytes()));
            }
            edits.push(Edit::Append(FIELD, value));
        }
    }
}

fn values<'a>(facts: &Facts<'a>) -> impl Iterator<Item = &'a [u8]> + use<'a> {
    facts.headers.list.iter().filter(|(name, _)| *name == FIELD.as_bytes()).map(|&(_, value)| value)
}

fn members(line: &[u8]) -> Option<Vec<Member<'_>>> {
    Dictionary::read(line).map(|dictionary| dictionary.sent)
}

/// The byte sequence of a member, in base64.
fn digest<'a>(member: &Member<'a>) -> Option<&'a str> {
    let Bare::Bytes(text) = member.value.item()?.bare else { return None };
    Some(text)
}

/// Whether a line can stay as it is: nothing in it was passed over, and nothing stands around it.
fn is_whole(line: &[u8], others: usize) -> bool {
    line.trim_ascii() == line && members(line).is_some_and(|all| all.len() == others + 1)
}

fn written(others: &[&[u8]], ours: &str) -> Vec<u8> {
    let mut value = Vec::new();
    for member in others {
        value.extend_from_slice(member);
        value.extend_from_slice(b", ");
    }
    [b"sha-256=:", ours.as_bytes(), b":"].iter().for_each(|part| value.extend_from_slice(part));
    value
}
