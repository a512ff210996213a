//! ClientHellos out of QUIC's Initial packets (RFC 9001 section 5, RFC 9369): their keys follow from what the packet
//! says in clear, so that anyone on the path can read them.
//!
//! Versions 1, 2 and draft 29. A connection of another version is not recognised.

mod frames;
mod keys;
mod packet;
mod reader;

use outwork_engine::hello::{ClientHello, HelloError};

use crate::capture::Assembly;
use keys::Keys;
use packet::Initial;

/// Whether a datagram begins with an Initial packet of a version that is read.
pub(crate) fn has_initial(datagram: &[u8]) -> bool {
    Initial::split(datagram).is_some()
}

/// What a client sends in its Initial packets.
#[derive(Default)]
pub(crate) struct Connection {
    keys: Option<Keys>,
    crypto: Assembly,
    /// Where the last hello ended. A second one follows if the server asks for other key shares.
    at: usize,
}

impl Connection {
    pub(crate) fn is_decoded(&self) -> bool {
        self.at > 0
    }

    /// Adds a datagram; the hello that it completes comes back.
    pub(crate) fn add(&mut self, datagram: &[u8]) -> Option<Result<ClientHello, HelloError>> {
        let mut rest = datagram;
        while let Some((initial, after)) = Initial::split(rest) {
            if let Some(payload) = self.open(&initial) {
                frames::crypto(&payload, |offset, part| self.crypto.add(offset, part));
            }
            rest = after;
        }
        self.next_hello()
    }

    /// The keys come of the first packet's destination, and once more of a later one's if the server sent a Retry.
    fn open(&mut self, initial: &Initial<'_>) -> Option<Vec<u8>> {
        if let Some(payload) = self.keys.as_ref().and_then(|keys| keys.open(initial)) {
            return Some(payload);
        }
        let keys = Keys::derive(initial.version, initial.destination)?;
        let payload = keys.open(initial)?;
        self.keys = Some(keys);
        Some(payload)
    }

    fn next_hello(&mut self) -> Option<Result<ClientHello, HelloError>> {
        let rest = self.crypto.prefix().get(self.at..)?;
        let [_, a, b, c, ..] = *rest else { return None };
        let length = usize::try_from(u32::from_be_bytes([0, a, b, c])).ok()?.checked_add(4)?;
        let message = rest.get(..length)?;
        self.at = self.at.saturating_add(length);
        Some(ClientHello::from_handshake(message))
    }
}
