//! What happened in the page.

/// One event, relative to the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// Milliseconds since the event before it; since the beginning of recording, for the first.
    pub after: u32,
    /// What it was.
    pub kind: Kind,
    /// Whether the browser says that no user made it (`isTrusted` is false).
    pub untrusted: bool,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// The pointer moved, by whole CSS pixels.
    Move {
        /// To the right.
        dx: i32,
        /// Down.
        dy: i32,
    },
}

/// What the page says of its browser, a bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Environment(pub u16);
