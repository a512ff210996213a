//! ClientHellos: those of real clients, and those that nobody should send.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails loudly")]

mod clients;
mod fixture;
mod malformed;
