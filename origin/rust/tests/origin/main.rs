//! The verifier, held to the shared vectors, to RFC 9651's, to other libraries, and in front of a router.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails loudly")]

mod common;
mod layer;
mod rivals;
mod robust;
mod setting;
mod structured;
mod vectors;
