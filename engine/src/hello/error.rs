use core::fmt;

/// Why bytes are not a ClientHello.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HelloError {
    /// The bytes end before the hello does; more bytes may complete it.
    Truncated,
    /// A record is not a TLS (or DTLS) handshake record.
    NotHandshake,
    /// The handshake message is of another type.
    NotClientHello,
    /// A record is empty, or longer than the 2^14 bytes that RFC 8446 section 5.1 allows.
    RecordLength,
    /// The message is longer than [`MAX_MESSAGE`](super::MAX_MESSAGE).
    TooLarge,
    /// Bytes follow where the message, or a part of it, has ended.
    TrailingData,
    /// A length field says more than is there, or half an item.
    LengthMismatch,
    /// The session id is longer than 32 bytes.
    SessionId,
    /// An extension is there twice (RFC 8446 section 4.2 forbids it).
    DuplicateExtension,
    /// A DTLS message comes in fragments, which this reader does not join.
    Fragmented,
}

impl fmt::Display for HelloError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Truncated => "the bytes end before the ClientHello does",
            Self::NotHandshake => "not a TLS handshake record",
            Self::NotClientHello => "a handshake message, but not a ClientHello",
            Self::RecordLength => "a TLS record is empty or over-long",
            Self::TooLarge => "the ClientHello is larger than any client sends",
            Self::TrailingData => "bytes follow the end of the ClientHello",
            Self::LengthMismatch => "a length field disagrees with what it holds",
            Self::SessionId => "the session id is longer than 32 bytes",
            Self::DuplicateExtension => "an extension is present twice",
            Self::Fragmented => "the DTLS ClientHello is fragmented",
        })
    }
}

impl core::error::Error for HelloError {}
