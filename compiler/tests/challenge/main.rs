//! The whole way through a challenge, as hosts go it: a page, an answer, a clearance.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

mod asked;
mod cleared;
mod refused;
mod site;
mod wait;
