use alloc::vec::Vec;

use super::HelloError;
use super::client_hello::{CLIENT_HELLO, HEADER, MAX_MESSAGE};
use super::reader::Reader;

/// The content type of a handshake record.
const HANDSHAKE: u8 = 22;
/// The most bytes of plaintext a record may hold.
const MAX_RECORD: u16 = 1 << 14;

/// A ClientHello message put together from TLS records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reassembled {
    /// The handshake message, with its four-byte header.
    pub message: Vec<u8>,
    /// How many bytes of the input the records took; what follows is for the caller.
    pub consumed: usize,
}

/// Joins the handshake message that the records at the start of `bytes` carry. It may be split over any number of
/// records, but nothing else may share its last record.
///
/// # Errors
/// [`HelloError::Truncated`] when more bytes are needed; any other error is final.
pub fn reassemble(bytes: &[u8]) -> Result<Reassembled, HelloError> {
    let mut rest = bytes;
    let mut message = Vec::new();
    loop {
        let (fragment, after) = split_record(rest)?;
        message.extend_from_slice(fragment);
        rest = after;
        if missing(&message)? == Some(0) {
            return Ok(Reassembled { message, consumed: bytes.len().saturating_sub(rest.len()) });
        }
    }
}

/// The payload of the first record, and what follows that record. A prefix of a record is [`HelloError::Truncated`]
/// only as long as it can still become a handshake record.
fn split_record(bytes: &[u8]) -> Result<(&[u8], &[u8]), HelloError> {
    let mut header = Reader::new(bytes);
    if truncated(header.u8())? != HANDSHAKE || truncated(header.u8())? != 3 {
        return Err(HelloError::NotHandshake);
    }
    truncated(header.u8())?;
    let length = truncated(header.u16())?;
    if length == 0 || length > MAX_RECORD {
        return Err(HelloError::RecordLength);
    }
    let fragment = truncated(header.take(usize::from(length)))?;
    Ok((fragment, header.rest()))
}

/// How many bytes the message lacks, or `None` while its header is not complete.
fn missing(message: &[u8]) -> Result<Option<usize>, HelloError> {
    let mut header = Reader::new(message);
    if truncated(header.u8())? != CLIENT_HELLO {
        return Err(HelloError::NotClientHello);
    }
    let Ok(length) = header.u24() else { return Ok(None) };
    let length = usize::try_from(length).unwrap_or(usize::MAX).saturating_add(HEADER);
    if length > MAX_MESSAGE {
        return Err(HelloError::TooLarge);
    }
    length.checked_sub(message.len()).map(Some).ok_or(HelloError::TrailingData)
}

/// At this level, too few bytes mean that the rest has not arrived.
fn truncated<T>(read: Result<T, HelloError>) -> Result<T, HelloError> {
    read.map_err(|_| HelloError::Truncated)
}
