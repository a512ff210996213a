//! Why a line is passed over.

use std::fmt;

/// Why a line is passed over. It is counted, and the first few are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reject {
    /// It is not JSON, or not an object.
    NotJson,
    /// It holds no record of a decision, or one that was cut off or changed.
    NoRecord,
    /// It is not in the combined or common log format.
    NotCombined,
    /// What stands in place of the request line is none, as after a handshake that failed.
    NoRequestLine,
    /// It has no method.
    NoMethod,
    /// It has no path.
    NoPath,
    /// Its time is in no form that is known.
    BadTime,
    /// Its client address is none.
    BadAddress,
    /// It is longer than [`crate::MAX_LINE`].
    TooLong,
    /// Its value for a number is none.
    BadNumber,
    /// Its rate of sampling is none, so that nobody knows for how many requests it stands.
    BadRate,
    /// It is the record of a request that ended before a decision.
    Undecided,
}

impl fmt::Display for Reject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotJson => "it is not one JSON object",
            Self::NoRecord => "it holds no record of a decision",
            Self::NotCombined => "it is not in the combined or common format",
            Self::NoRequestLine => "it has no request line: the client did not send HTTP",
            Self::NoMethod => "it does not say the method",
            Self::NoPath => "it does not say the path",
            Self::BadTime => "its time cannot be read",
            Self::BadAddress => "its client address cannot be read",
            Self::TooLong => "it is longer than 1 MiB",
            Self::BadNumber => "it has a number that is out of range",
            Self::Undecided => "its request ended before anything was decided about it",
            Self::BadRate => "its rate of sampling is not from 0.001 to 1",
        })
    }
}
