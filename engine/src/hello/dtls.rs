use super::HelloError;
use super::client_hello::{CLIENT_HELLO, MAX_MESSAGE};
use super::reader::Reader;

/// The content type of a handshake record.
const HANDSHAKE: u8 = 22;

/// The body of the ClientHello in the first DTLS record of `datagram`: record header of 13 bytes, handshake header of
/// 12 (RFC 9147 sections 4 and 5.2).
pub(super) fn dtls_message(datagram: &[u8]) -> Result<&[u8], HelloError> {
    let mut message = Reader::new(record(datagram).map_err(|error| match error {
        HelloError::LengthMismatch => HelloError::Truncated,
        other => other,
    })?);
    if message.u8()? != CLIENT_HELLO {
        return Err(HelloError::NotClientHello);
    }
    let length = message.u24()?;
    message.u16()?;
    let (offset, fragment) = (message.u24()?, message.u24()?);
    if offset != 0 || fragment != length {
        return Err(HelloError::Fragmented);
    }
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    if length > MAX_MESSAGE {
        return Err(HelloError::TooLarge);
    }
    let body = message.take(length)?;
    message.end()?;
    Ok(body)
}

/// The payload of the first record.
fn record(datagram: &[u8]) -> Result<&[u8], HelloError> {
    let mut reader = Reader::new(datagram);
    // The major version of DTLS is the ones' complement of 1.
    if reader.u8()? != HANDSHAKE || reader.u8()? != 0xfe {
        return Err(HelloError::NotHandshake);
    }
    // Minor version, epoch (2), sequence number (6).
    reader.take(9)?;
    let length = reader.u16()?;
    if length == 0 {
        return Err(HelloError::RecordLength);
    }
    reader.take(usize::from(length))
}
