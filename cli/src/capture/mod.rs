//! Packet captures, and the ClientHellos in them.
//!
//! The crates were chosen by how they are kept: `pcap-parser` (the rusticata project, as is `tls-parser`) reads both
//! formats in both byte orders off a stream; `etherparse` takes headers apart without allocation. `pcap-file` is in
//! the middle of a rewrite (3.0.0 release candidates). The crate `ja3` was not taken: its last release is of 2020 and
//! stands on the withdrawn `failure` and on `tls-parser` 0.9. `tls-parser` itself holds up, but folds the types of
//! unknown extensions together and reads no record fragments, so the engine has its own reader and the tests hold it
//! to `tls-parser`'s reading.

mod assembly;
mod file;
mod flows;
mod packet;
mod stream;

pub(crate) use assembly::Assembly;
pub(crate) use file::{End, frames, is_capture};
pub(crate) use flows::{Ends, Flows, Found};
pub(crate) use packet::Packet;
