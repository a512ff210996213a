//! A record that has no place in a chain yet.

use super::{chain::Chain, json::Json};
use crate::keys::Keyring;
use alloc::{string::String, vec::Vec};

/// What closes any record: as many of these as objects are open in it.
const BRACES: &str = "}}}";

/// A record whose own object is still open.
#[derive(Debug)]
pub struct Draft {
    pub(super) json: Json,
    // INVARIANT: as many braces as objects are open, at most those of `BRACES`.
    pub(super) closing: &'static str,
}

impl Draft {
    /// The record as one of no chain.
    pub fn close(mut self) -> String {
        self.json.raw(self.closing);
        self.json.out
    }

    /// The record as the next one of a chain.
    pub fn seal(mut self, chain: &mut Chain, keys: &Keyring) -> String {
        chain.seal(&mut self.json, keys);
        self.close()
    }

    /// How many bytes of memory it takes.
    pub fn size(&self) -> usize {
        self.json.out.capacity()
    }

    /// Its bytes, to be kept elsewhere meanwhile.
    pub fn pack(self) -> Vec<u8> {
        let mut bytes = self.json.out.into_bytes();
        bytes.extend(u8::try_from(self.closing.len()));
        bytes
    }

    /// What was packed; none where these are other bytes.
    pub fn unpack(mut bytes: Vec<u8>) -> Option<Self> {
        let closing = BRACES.get(..bytes.pop()?.into())?;
        Some(Self { json: Json { out: String::from_utf8(bytes).ok()? }, closing })
    }
}
