//! The challenge: proof of work for browsers, a wait for those without scripts, stateless but for single use.

mod exempt;
mod terms;

pub use exempt::is_exempt;
pub use terms::{MAX_BITS, MAX_CLEARANCE, MAX_WAIT, Terms};

/// How long a challenge can be answered, in seconds: five minutes. At 50,000 hashes a second 18 bits take 5 on average and
/// 24 for one visitor in a hundred; whoever was called away opens the page anew.
pub const LIFETIME: u64 = 300;
