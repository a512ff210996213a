//! A session from the page's first word to the edge: hello, batches, and what an ordinary request then says.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails loudly")]

#[path = "../common/mod.rs"]
mod common;

mod flow;
mod refused;
mod visitor;
