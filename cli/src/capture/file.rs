use std::io::{self, Read};

use pcap_parser::traits::PcapReaderIterator;
use pcap_parser::{Block, LegacyPcapReader, PcapBlockOwned, PcapError, PcapNGReader};

use crate::failure::Failure;

/// What most captures' blocks fit into.
const BUFFER: usize = 1 << 18;
/// No packet is larger; a block of TLS secrets might be, and is then refused.
const MAX_BUFFER: usize = 1 << 26;
/// The type of a pcapng section header, the same in both byte orders.
const PCAPNG: [u8; 4] = [0x0a, 0x0d, 0x0d, 0x0a];
/// The magic of pcap with microseconds and with nanoseconds, in both byte orders.
const PCAP: [u32; 4] = [0xa1b2_c3d4, 0xa1b2_3c4d, 0xd4c3_b2a1, 0x4d3c_b2a1];

/// How a capture ended.
pub(crate) enum End {
    Clean,
    /// The file stops within a block, as when the capturing program was killed.
    MidBlock,
}

/// Whether a file that starts with these bytes is a capture.
pub(crate) fn is_capture(start: [u8; 4]) -> bool {
    start == PCAPNG || PCAP.contains(&u32::from_be_bytes(start))
}

/// Hands each frame of a capture, with its link type, to `visit`.
pub(crate) fn frames<R: Read + Send>(
    start: [u8; 4],
    input: R,
    mut visit: impl FnMut(i32, &[u8]) -> Result<(), Failure>,
) -> Result<End, Failure> {
    let mut reader = open(start, Full(input)).map_err(Failure::because("the capture's header is not readable"))?;
    let mut links = Vec::new();
    let mut room = BUFFER;
    loop {
        let step = match reader.next() {
            Ok((size, block)) => {
                if let Some((link, bytes)) = frame(&mut links, &block)? {
                    visit(link, bytes)?;
                }
                Step::Consume(size)
            }
            Err(PcapError::Eof) => return Ok(End::Clean),
            Err(PcapError::UnexpectedEof) => Step::End,
            Err(PcapError::Incomplete(_)) => Step::Refill,
            Err(PcapError::BufferTooSmall) => Step::Grow,
            Err(error) => return Err(broken(&error)),
        };
        match step {
            Step::Consume(size) => reader.consume(size),
            Step::Refill => reader.refill().map_err(|error| broken(&error))?,
            Step::Grow => {
                room = room.saturating_mul(2);
                if room > MAX_BUFFER || !reader.grow(room) {
                    return Err(Failure::new(format!("the capture has a block of more than {MAX_BUFFER} bytes")));
                }
                reader.refill().map_err(|error| broken(&error))?;
            }
            Step::End if reader.data().is_empty() => return Ok(End::Clean),
            Step::End => return Ok(End::MidBlock),
        }
    }
}

/// What to do to the reader once the block that borrows from it is gone.
enum Step {
    Consume(usize),
    Refill,
    Grow,
    End,
}

type Reader<'r> = Box<dyn PcapReaderIterator + Send + 'r>;

fn open<'r, R: Read + Send + 'r>(start: [u8; 4], input: Full<R>) -> Result<Reader<'r>, PcapError<&'static [u8]>> {
    Ok(if start == PCAPNG {
        Box::new(PcapNGReader::new(BUFFER, input)?)
    } else {
        Box::new(LegacyPcapReader::new(BUFFER, input)?)
    })
}

/// The link type and bytes of a block that holds a packet. `links` has the link type of each interface.
fn frame<'b>(links: &mut Vec<i32>, block: &'b PcapBlockOwned<'_>) -> Result<Option<(i32, &'b [u8])>, Failure> {
    let (interface, bytes, length) = match block {
        PcapBlockOwned::LegacyHeader(header) => {
            links.push(header.network.0);
            return Ok(None);
        }
        PcapBlockOwned::NG(Block::SectionHeader(_)) => {
            links.clear();
            return Ok(None);
        }
        PcapBlockOwned::NG(Block::InterfaceDescription(interface)) => {
            links.push(interface.linktype.0);
            return Ok(None);
        }
        PcapBlockOwned::Legacy(packet) => (0, packet.data, packet.caplen),
        PcapBlockOwned::NG(Block::EnhancedPacket(packet)) => (packet.if_id, packet.data, packet.caplen),
        PcapBlockOwned::NG(Block::SimplePacket(packet)) => (0, packet.data, packet.origlen),
        PcapBlockOwned::NG(_) => return Ok(None),
    };
    let link = usize::try_from(interface).ok().and_then(|interface| links.get(interface));
    let link =
        link.ok_or_else(|| Failure::new(format!("a packet names interface {interface}, which is not described")))?;
    let length = usize::try_from(length).unwrap_or(usize::MAX).min(bytes.len());
    Ok(bytes.get(..length).map(|bytes| (*link, bytes)))
}

fn broken(error: &PcapError<&[u8]>) -> Failure {
    let what = match error {
        PcapError::ReadError => "a read failed",
        _ => "a block is malformed",
    };
    Failure::new(format!("the capture is not readable: {what}"))
}

/// Fills each read to the end, because `pcap-parser` takes a short first read for the whole header.
struct Full<R>(R);

impl<R: Read> Read for Full<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while let Some(room) = buffer.get_mut(filled..).filter(|room| !room.is_empty()) {
            match self.0.read(room) {
                Ok(0) => break,
                Ok(count) => filled = filled.saturating_add(count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }
}
