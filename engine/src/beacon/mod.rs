//! What the page's script saw: from the blob that it sends to features.
//!
//! Nothing raw outlives the request that brought it: events become [`Features`] and a sketch, and are forgotten.

mod event;
mod features;

pub use event::{Environment, Event, Kind};
pub use features::{FEATURES, Feature, Features};

use alloc::vec::Vec;

/// The version of the blob that the shipped script writes. Older ones stay readable.
pub const VERSION: u8 = 1;

/// The longest blob that is read, in bytes.
pub const MAX_BYTES: usize = 8 * 1_024;

/// The most events of one blob.
pub const MAX_EVENTS: usize = 512;

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
