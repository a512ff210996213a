//! What a key in text is for, so that nobody is given the keys of somebody else.

use super::{KeyError, decode, is_key_id};
use alloc::vec::Vec;

/// Whose key it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A host's own, of which the others are derived.
    Master,
    /// An origin's, to verify evidence.
    Evidence,
    /// Of who verifies records.
    Audit,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Master, Self::Evidence, Self::Audit];

    /// What stands before the id, with a colon between them.
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Master => "master",
            Self::Evidence => "evidence",
            Self::Audit => "audit",
        }
    }

    pub(super) const fn what(self) -> &'static str {
        match self {
            Self::Master => "a host's own",
            Self::Evidence => "one of evidence",
            Self::Audit => "one of records",
        }
    }

    pub(super) const fn holder(self) -> &'static str {
        match self {
            Self::Master => "a host",
            Self::Evidence => "an origin",
            Self::Audit => "who verifies records",
        }
    }

    /// The word after `outwork keys` that prints such keys.
    pub(super) const fn command(self) -> &'static str {
        match self {
            Self::Master => "new",
            Self::Evidence => "evidence",
            Self::Audit => "audit",
        }
    }
}

/// Id and secret of `mark:id:base64` with the mark of what is wanted; a host's own may come without. No base64 has a colon.
pub(super) fn parts(entry: &str, place: usize, wanted: Kind) -> Result<(&str, Vec<u8>), KeyError> {
    let malformed = KeyError::Malformed { place };
    let (first, rest) = entry.split_once(':').ok_or_else(|| malformed.clone())?;
    let (id, secret) = match rest.split_once(':') {
        None if wanted == Kind::Master => (first, rest),
        // Nobody makes these but the command, and it always marks them: this one may be a host's own.
        None => return Err(KeyError::Unmarked { place, wanted }),
        Some((id, secret)) => {
            let is = Kind::ALL.into_iter().find(|kind| kind.mark() == first).ok_or(malformed)?;
            if is != wanted && is_key_id(id) {
                return Err(KeyError::Kind { id: id.into(), is, wanted });
            }
            (id, secret)
        }
    };
    if !is_key_id(id) {
        return Err(KeyError::Id { place });
    }
    let secret = decode(secret.trim()).ok_or_else(|| KeyError::Encoding { id: id.into() })?;
    Ok((id, secret))
}
