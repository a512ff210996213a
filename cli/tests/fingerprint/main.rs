//! `outwork fingerprint`: published vectors, captures of every kind, and captures that are broken.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

mod broken;
mod captures;
mod published;
mod support;
