//! Settings are checked where they are given: one that cannot be would let more through, or nothing.

use crate::evidence::{MOST_AGE, MOST_SKEW};
use std::{error::Error, fmt};

/// The most bytes of a bound body that may be held.
pub const MOST_BODY: usize = 1 << 30;

/// A setting that cannot be. The other verifiers refuse the same.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SettingError {
    /// Seconds by which clocks may differ.
    Skew(u64),
    /// Seconds for which a signature may be good.
    MaxAge(u64),
    /// Bytes of a bound body that are held.
    MaxBody(usize),
    /// A name of the edge that is empty.
    Authority,
    /// A path that no request has: one that is not whole, or a pattern.
    Exempt(String),
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Skew(given) => write!(f, "`skew` is a whole number from 0 to {MOST_SKEW}, not {given}"),
            Self::MaxAge(given) => write!(f, "`max_age` is a whole number from 1 to {MOST_AGE}, not {given}"),
            Self::MaxBody(given) => write!(f, "`max_body` is a whole number from 1 to {MOST_BODY}, not {given}"),
            Self::Authority => f.write_str("`authority` is a name of the edge, not an empty one"),
            Self::Exempt(given) => write!(f, "`exempt` is a whole path such as `/health`, not `{given}`"),
        }
    }
}

impl Error for SettingError {}
