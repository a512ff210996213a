//! The baseline of `rules/` against real clients: 2,400 header sets and 43 recordings of browsers, which must pass, and
//! the live connections of 55 clients, of which every one that names itself or contradicts itself must be told.
//!
//! `cargo test -p outwork-compiler --test real_traffic -- --nocapture` prints each miss and a row for each client.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

mod baseline;
mod browsers;
mod clients;
mod data;
