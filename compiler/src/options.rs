//! What whoever compiles may choose. None of it changes a byte of the bundle.

use crate::hosts::Host;

/// How a policy is checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The instant of the check, in seconds since 1970, against which a rule's `until` is held: the compiler reads no
    /// clock. Without it nothing has expired.
    pub now: Option<u64>,
    /// The hosts that the policy is for; without one those of its `[policy] hosts`.
    pub hosts: Vec<Host>,
    /// Whether a rule without a test is worth a warning.
    pub untested: bool,
}
