//! The keys that agents publish, as far as a host has fetched them.

/// What a host knows of the agents' directories.
#[derive(Clone, Debug, Default)]
pub struct Directories {}
