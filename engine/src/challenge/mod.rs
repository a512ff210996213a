//! The challenge: proof of work for browsers, a wait for those without scripts, stateless but for single use.
//!
//! ```text
//! issue(client, band) ─▶ text ─▶ (the client works, or waits) ─▶ check_work / check_wait ─▶ Proof ─▶ (the store steps
//! its memo: used before?) ─▶ a clearance
//! ```

mod answer;
mod check;
mod exempt;
mod page;
mod terms;
mod token;
mod work;

pub use answer::{Answer, read_answer};
pub use check::{Proof, Refused, check_wait, check_work, issue};
pub use exempt::{is_exempt, is_unattended};
pub use page::{POLICY, Page, done, failed, location, page, percent_decode, return_to, wait_address};
pub use terms::{MAX_BITS, MAX_CLEARANCE, MAX_WAIT, Terms};
pub use token::{Client, LENGTH};
pub use work::{MAX_DIGITS, zero_bits};

/// How long a challenge can be answered, in seconds: five minutes. At 50,000 hashes a second 18 bits take 5 on average and
/// 24 for one visitor in a hundred; whoever was called away opens the page anew.
pub const LIFETIME: u64 = 300;
