//! What the page's script saw: from the blob that it sends to features.
//!
//! Nothing raw outlives the request that brought it: events become [`Features`] and a sketch, and are forgotten.

mod error;
mod event;
mod exact;
mod extract;
mod feature;
mod features;
mod layout;
mod open;
mod sketch;
mod write;

pub use error::{BeaconError, Malformed};
pub use event::{Environment, Event, Kind, Touch};
pub use feature::{FEATURE_NAMES, FEATURES, Feature, Merge};
pub use features::Features;
pub(crate) use features::faded_sum;
pub use open::open;
pub use sketch::{KEYS, Sketch};

use alloc::vec::Vec;

/// The version of the blob that the shipped script writes. Older ones stay readable.
pub const VERSION: u8 = 1;

/// The longest blob that is read, in bytes.
pub const MAX_BYTES: usize = 8 * 1_024;

/// The most events of one blob.
pub const MAX_EVENTS: usize = 512;

/// The longest step to the right or down, in pixels; no screen is larger.
pub const MAX_STEP: u32 = 32_767;

/// The longest time between two events, in milliseconds: an hour.
pub const MAX_AFTER: u32 = 3_600_000;

/// One flush of the script, decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Milliseconds from the opening of the session to the flush, as the page counts them: larger in each later flush.
    pub sequence: u32,
    /// The page's wall clock at the flush, in milliseconds since the Unix epoch.
    pub clock: u64,
    /// What the page says of its browser.
    pub environment: Environment,
    /// What happened, in order.
    pub events: Vec<Event>,
}

#[cfg(test)]
mod tests;
