//! Challenges: their bodies, their pages, and the way through them.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails loudly")]

mod answer;
