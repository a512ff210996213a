//! The keys that agents publish, as far as a host has fetched them.

mod key;
mod location;

pub use key::{Key, is_published, key_id, thumbprint};
pub use location::{Kind, Location, UrlError, WELL_KNOWN, check_url};

/// What a host knows of the agents' directories.
#[derive(Clone, Debug, Default)]
pub struct Directories {}
