//! Why evidence does not hold.

use std::{borrow::Cow, fmt};

/// One of a few stable words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// The request has no `Outwork-Risk`.
    Missing,
    /// It has one, and no signature of ours.
    Unsigned,
    /// A field that stands once came twice, or our label did.
    Duplicate,
    /// A field is not what it must be.
    Malformed,
    /// The signature covers too little, or what we cannot check.
    Components,
    /// A parameter of the signature is missing, or cannot be.
    Parameters,
    /// The signature is for another purpose.
    Tag,
    /// The signature is by another algorithm.
    Algorithm,
    /// The signature is by a key that is not known here.
    Key,
    /// The signature is from the future.
    Early,
    /// The signature is too old.
    Expired,
    /// The signature is not over this request.
    Signature,
    /// The body is not the one that was signed.
    Digest,
    /// The body broke off.
    Broken,
    /// The body is larger than what is held to check it.
    TooLarge,
    /// The request was here before.
    Replayed,
    /// The replay cache does not answer.
    Unavailable,
}

impl Reason {
    /// The word that answers, logs and the shared vectors have.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unsigned => "unsigned",
            Self::Duplicate => "duplicate",
            Self::Malformed => "malformed",
            Self::Components => "components",
            Self::Parameters => "parameters",
            Self::Tag => "tag",
            Self::Algorithm => "algorithm",
            Self::Key => "key",
            Self::Early => "early",
            Self::Expired => "expired",
            Self::Signature => "signature",
            Self::Digest => "digest",
            Self::Broken => "broken",
            Self::TooLarge => "too-large",
            Self::Replayed => "replayed",
            Self::Unavailable => "unavailable",
        }
    }

    /// The status of an answer to such a request.
    pub const fn status(self) -> http::StatusCode {
        match self {
            Self::Broken => http::StatusCode::BAD_REQUEST,
            Self::TooLarge => http::StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unavailable => http::StatusCode::SERVICE_UNAVAILABLE,
            _ => http::StatusCode::FORBIDDEN,
        }
    }
}

/// Why evidence does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// In a word.
    pub reason: Reason,
    /// For who runs the origin: why, and what to do. Clients are not told.
    pub detail: Cow<'static, str>,
}

impl Refusal {
    pub(crate) const fn new(reason: Reason, detail: &'static str) -> Self {
        Self { reason, detail: Cow::Borrowed(detail) }
    }

    pub(crate) const fn told(reason: Reason, detail: String) -> Self {
        Self { reason, detail: Cow::Owned(detail) }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.reason.name(), self.detail)
    }
}

impl std::error::Error for Refusal {}
