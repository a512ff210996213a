//! What a directory's server answered, and whether that is a directory.

use super::{FRESH, FRESH_MOST, Key, Kind, LARGEST, SECOND, check_url, jwks};
use alloc::vec::Vec;
use core::fmt;

/// An answer.
#[derive(Clone, Copy, Debug)]
pub struct Response<'a> {
    /// Its status.
    pub status: u16,
    /// `content-type`.
    pub content_type: &'a [u8],
    /// `cache-control`, all lines together.
    pub cache_control: &'a [u8],
    /// `retry-after`.
    pub retry_after: &'a [u8],
    /// Its body, or one byte more than [`LARGEST`] of it.
    pub body: &'a [u8],
}

impl Response<'_> {
    /// The keys, and for how long they are fresh: so long at the least.
    pub(super) fn read(&self, url: &str, least: u64) -> Result<(Vec<Key>, u64), FetchError> {
        match self.status {
            200 => {}
            300..=399 => return Err(FetchError::Redirect),
            _ => return Err(FetchError::Status),
        }
        if !self.is_typed(url) {
            return Err(FetchError::MediaType);
        }
        if self.body.len() > LARGEST {
            return Err(FetchError::TooLarge);
        }
        Ok((jwks::read(self.body)?, self.fresh().clamp(least.min(FRESH_MOST), FRESH_MOST)))
    }

    /// A well-known place has a media type of its own; a JWK Set elsewhere has that of a JWK Set, or of JSON, as most are served.
    fn is_typed(&self, url: &str) -> bool {
        let essence = self.content_type.split(|&byte| byte == b';').next().unwrap_or_default().trim_ascii();
        let is = |name: &str| essence.eq_ignore_ascii_case(name.as_bytes());
        let own = is("application/http-message-signatures-directory+json");
        match check_url(url).map(|location| location.kind()) {
            Ok(Kind::JwkSet) => own || is("application/jwk-set+json") || is("application/json"),
            Ok(Kind::Directory) | Err(_) => own,
        }
    }

    fn fresh(&self) -> u64 {
        let mut directives = self.cache_control.split(|&byte| byte == b',').map(<[u8]>::trim_ascii);
        let has = |name: &str| directives.clone().any(|directive| directive.eq_ignore_ascii_case(name.as_bytes()));
        if has("no-store") || has("no-cache") {
            return 0;
        }
        let age = directives.find_map(|directive| {
            let (name, value) = directive.split_at_checked(8)?;
            name.eq_ignore_ascii_case(b"max-age=").then(|| seconds(value)).flatten()
        });
        age.map_or(FRESH, |age| age.saturating_mul(SECOND))
    }

    /// After how many microseconds it asks to be tried again; 0 where it does not, or names a date.
    pub(super) fn retry_after(&self) -> u64 {
        seconds(self.retry_after.trim_ascii()).unwrap_or(0).saturating_mul(SECOND)
    }
}

fn seconds(text: &[u8]) -> Option<u64> {
    core::str::from_utf8(text).ok()?.parse().ok()
}

/// Why an answer is no directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FetchError {
    /// It leads elsewhere, and nobody follows.
    Redirect,
    /// Its status is not 200.
    Status,
    /// Its media type is another.
    MediaType,
    /// It is larger than [`LARGEST`].
    TooLarge,
    /// It is no JWK Set.
    Malformed,
    /// It has more keys than [`super::MOST_KEYS`].
    TooMany,
}

impl FetchError {
    /// Every one, in order.
    pub const ALL: [Self; 6] =
        [Self::Redirect, Self::Status, Self::MediaType, Self::TooLarge, Self::Malformed, Self::TooMany];

    /// The name in metrics and logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Redirect => "redirect",
            Self::Status => "status",
            Self::MediaType => "media-type",
            Self::TooLarge => "too-large",
            Self::Malformed => "malformed",
            Self::TooMany => "too-many",
        }
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Redirect => "it leads elsewhere",
            Self::Status => "its status is not 200",
            Self::MediaType => "its media type is not that of a directory",
            Self::TooLarge => "it is larger than 64 KiB",
            Self::Malformed => "it is no JWK Set",
            Self::TooMany => "it has more than 64 keys",
        })
    }
}

impl core::error::Error for FetchError {}
