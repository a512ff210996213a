use alloc::vec::Vec;

use super::extensions::Extensions;
use super::reader::Reader;
use super::{HelloError, dtls::dtls_message, reassemble};

/// The largest handshake message that is read, header included. A hello with two post-quantum key shares is below
/// 4 KiB; Envoy's tls_inspector stops at 16 KiB too.
pub const MAX_MESSAGE: usize = 16 * 1024;
/// The handshake type of a ClientHello.
pub(super) const CLIENT_HELLO: u8 = 1;
/// Type and length in front of each handshake message.
pub(super) const HEADER: usize = 4;

/// What a ClientHello offers, in wire order and with GREASE, as far as fingerprints read it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClientHello {
    /// The version field: `0x0303` from every client of the last ten years, whatever it supports.
    pub legacy_version: u16,
    /// The cipher suites.
    pub cipher_suites: Vec<u16>,
    /// The types of the extensions.
    pub extensions: Vec<u16>,
    /// The first host name of `server_name` (0), as sent.
    pub server_name: Option<Vec<u8>>,
    /// `supported_groups` (10).
    pub groups: Vec<u16>,
    /// `ec_point_formats` (11).
    pub point_formats: Vec<u8>,
    /// `signature_algorithms` (13).
    pub signature_algorithms: Vec<u16>,
    /// The protocol names of `application_layer_protocol_negotiation` (16).
    pub alpn: Vec<Vec<u8>>,
    /// `supported_versions` (43).
    pub supported_versions: Vec<u16>,
}

impl ClientHello {
    /// Reads the hello in the TLS records at the start of `bytes`; records after it are not looked at.
    ///
    /// # Errors
    /// Every way in which the bytes are not one whole, well-formed ClientHello.
    pub fn from_records(bytes: &[u8]) -> Result<Self, HelloError> {
        Self::from_handshake(&reassemble(bytes)?.message)
    }

    /// Reads one handshake message, as QUIC carries it in CRYPTO frames (RFC 9001 section 4.1.3).
    ///
    /// # Errors
    /// As [`ClientHello::from_records`]; the message must fill `message`.
    pub fn from_handshake(message: &[u8]) -> Result<Self, HelloError> {
        let mut reader = Reader::new(message);
        let (Ok(kind), Ok(length)) = (reader.u8(), reader.u24()) else { return Err(HelloError::Truncated) };
        if kind != CLIENT_HELLO {
            return Err(HelloError::NotClientHello);
        }
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length > MAX_MESSAGE.saturating_sub(HEADER) {
            return Err(HelloError::TooLarge);
        }
        let body = reader.take(length).map_err(|_| HelloError::Truncated)?;
        reader.end()?;
        Self::from_body(body, Cookie::None)
    }

    /// Reads the hello in the first DTLS record of a datagram.
    ///
    /// # Errors
    /// As [`ClientHello::from_records`], and [`HelloError::Fragmented`].
    pub fn from_dtls(datagram: &[u8]) -> Result<Self, HelloError> {
        Self::from_body(dtls_message(datagram)?, Cookie::Dtls)
    }

    fn from_body(body: &[u8], cookie: Cookie) -> Result<Self, HelloError> {
        let mut reader = Reader::new(body);
        let legacy_version = reader.u16()?;
        reader.take(32)?;
        if reader.vector8()?.rest().len() > 32 {
            return Err(HelloError::SessionId);
        }
        if matches!(cookie, Cookie::Dtls) {
            reader.vector8()?;
        }
        let cipher_suites = words(reader.vector16()?)?;
        reader.vector8()?;
        let mut hello = Self { legacy_version, cipher_suites, ..Self::default() };
        // SSL 3.0 and TLS 1.0 clients may end here, without the length of the extensions.
        if !reader.is_empty() {
            Extensions { hello: &mut hello }.read(reader.vector16()?)?;
        }
        reader.end()?;
        Ok(hello)
    }
}

/// Whether a cookie follows the session id.
#[derive(Clone, Copy)]
enum Cookie {
    None,
    Dtls,
}

/// Two-byte items to the end of `reader`.
pub(super) fn words(mut reader: Reader<'_>) -> Result<Vec<u16>, HelloError> {
    let mut words = Vec::with_capacity(reader.rest().len() / 2);
    while !reader.is_empty() {
        words.push(reader.u16()?);
    }
    Ok(words)
}
