//! The window of observation: what a session was seen to do, and how much that still says.

use crate::{beacon::Features, time::Time};

/// What is remembered of a session. It travels sealed in the client's own cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// The session's random id.
    pub id: [u8; 16],
    /// When it was opened.
    pub opened: Time,
    /// When it was last observed; none while it was not.
    pub observed: Option<Time>,
    /// The sequence of the newest batch that counts.
    pub sequence: u32,
    /// What was observed.
    pub features: Features,
    /// The challenge that was passed.
    pub clearance: Option<Clearance>,
}

/// That a challenge was passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clearance {
    /// How it was passed.
    pub passed: Passed,
    /// The highest band of risk that it holds for: 0 low, 1 medium, 2 high.
    pub level: u8,
    /// When it ends.
    pub until: Time,
}

/// How a challenge was passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Passed {
    /// By proof of work.
    Work,
    /// By waiting, without a script.
    Wait,
}
