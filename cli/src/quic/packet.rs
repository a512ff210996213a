use super::reader::Reader;

/// The versions whose Initial packets are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    V1,
    V2,
    Draft29,
}

/// An Initial packet under its protection (RFC 9000 section 17.2.2).
pub(super) struct Initial<'a> {
    pub(super) version: Version,
    /// The destination connection id.
    pub(super) destination: &'a [u8],
    /// The whole packet.
    pub(super) bytes: &'a [u8],
    /// Where the packet number begins.
    pub(super) number_at: usize,
}

impl<'a> Initial<'a> {
    /// The Initial packet at the start of a datagram, and what follows it.
    pub(super) fn split(datagram: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let mut reader = Reader(datagram);
        let first = reader.u8()?;
        let version = version(reader.u32()?)?;
        // Long header, fixed bit, and the packet type, which version 2 renumbered.
        let initial = if version == Version::V2 { 0b1101_0000 } else { 0b1100_0000 };
        if first & 0b1111_0000 != initial {
            return None;
        }
        let destination = connection_id(&mut reader)?;
        connection_id(&mut reader)?;
        let token = reader.varint()?;
        reader.take(token)?;
        let length = reader.varint()?;
        let number_at = datagram.len().checked_sub(reader.0.len())?;
        let (bytes, after) = datagram.split_at_checked(number_at.checked_add(length)?)?;
        Some((Self { version, destination, bytes, number_at }, after))
    }
}

fn version(number: u32) -> Option<Version> {
    match number {
        0x0000_0001 => Some(Version::V1),
        0x6b33_43cf => Some(Version::V2),
        0xff00_001d => Some(Version::Draft29),
        _ => None,
    }
}

fn connection_id<'a>(reader: &mut Reader<'a>) -> Option<&'a [u8]> {
    let length = reader.u8().filter(|length| *length <= 20)?;
    reader.take(usize::from(length))
}
