use core::fmt;

/// Why bytes are not a batch of this session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BeaconError {
    /// More than [`MAX_BYTES`](super::MAX_BYTES).
    TooLong,
    /// A version that is not read.
    UnknownVersion(u8),
    /// The MAC is not of this key.
    WrongMac,
    /// The MAC is right, or there is no room for one, and the bytes are no batch.
    Malformed(Malformed),
}

/// What is wrong with a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Malformed {
    /// It ends too early.
    Truncated,
    /// Bytes follow its last event.
    Trailing,
    /// It says that it has more than [`MAX_EVENTS`](super::MAX_EVENTS) events.
    TooManyEvents,
    /// The environment has bits that its version does not know.
    Environment,
    /// A kind of event that its version does not know.
    Kind,
    /// A flag on an event that cannot have it.
    Flag,
    /// A number is longer than 32 bits.
    Number,
    /// A step is longer than [`MAX_STEP`](super::MAX_STEP).
    Step,
    /// An event comes more than [`MAX_AFTER`](super::MAX_AFTER) after the one before it.
    After,
    /// A wheel's `deltaMode` is none of pixels, lines, pages.
    WheelMode,
}

impl fmt::Display for BeaconError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "more than {} bytes", super::MAX_BYTES),
            Self::UnknownVersion(version) => write!(f, "version {version} is not known"),
            Self::WrongMac => f.write_str("the MAC is not of this session's key"),
            Self::Malformed(what) => what.fmt(f),
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Truncated => "the bytes end too early",
            Self::Trailing => "bytes follow the last event",
            Self::TooManyEvents => "too many events",
            Self::Environment => "the environment has unknown bits",
            Self::Kind => "an event is of an unknown kind",
            Self::Flag => "an event has a flag that its kind cannot have",
            Self::Number => "a number is longer than 32 bits",
            Self::Step => "a step is too long",
            Self::After => "an event comes too long after the one before it",
            Self::WheelMode => "a wheel event has an unknown mode",
        })
    }
}

impl core::error::Error for BeaconError {}
