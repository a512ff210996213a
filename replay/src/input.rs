//! Files of a log: plain, gzip or zstd, by their first bytes.

use crate::Progress;
use flate2::read::MultiGzDecoder;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};
use std::{
    fs::File,
    io::{self, BufRead, BufReader, Chain, Cursor, Read},
    path::Path,
};

/// One file, or standard input, opened.
pub struct Input {
    /// How its user calls it.
    pub name: String,
    /// Its text, unpacked.
    pub reader: Box<dyn Read + Send>,
    /// Its size as stored, in bytes, where that is known.
    pub size: Option<u64>,
}

impl Input {
    /// Opens a file; `-` is standard input.
    ///
    /// # Errors
    /// The file cannot be opened, or its first bytes cannot be read.
    pub fn open(path: &Path, progress: &Progress) -> io::Result<Self> {
        let name = path.display().to_string();
        if path.as_os_str() == "-" {
            return Self::of(name, io::stdin(), None, progress);
        }
        let file = File::open(path)?;
        let size = file.metadata().ok().filter(|meta| meta.is_file()).map(|meta| meta.len());
        Self::of(name, file, size, progress)
    }

    /// An input of any bytes.
    ///
    /// # Errors
    /// The first bytes cannot be read.
    pub fn of(
        name: String,
        raw: impl Read + Send + 'static,
        size: Option<u64>,
        progress: &Progress,
    ) -> io::Result<Self> {
        let mut counted = Counted { raw, progress: progress.clone() };
        let mut first = [0; 4];
        let mut length = 0;
        while let Some(rest) = first.get_mut(length..).filter(|rest| !rest.is_empty()) {
            match counted.read(rest)? {
                0 => break,
                read => length += read,
            }
        }
        let magic = first.get(..length).unwrap_or_default().to_vec();
        let packed = [magic.starts_with(&[0x1f, 0x8b]), is_zstd(&magic)];
        let whole = BufReader::with_capacity(1 << 17, Cursor::new(magic).chain(counted));
        let reader: Box<dyn Read + Send> = match packed {
            [true, _] => Box::new(MultiGzDecoder::new(whole)),
            [_, true] => Box::new(Zstd { frame: None, source: Some(whole) }),
            _ => Box::new(whole),
        };
        Ok(Self { name, reader, size })
    }
}

/// Counts what passes.
struct Counted<R> {
    raw: R,
    progress: Progress,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.raw.read(into)?;
        self.progress.add_bytes(read);
        Ok(read)
    }
}

/// What a frame of zstd begins with (RFC 8878, section 3.1.1).
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// Whether these are the first bytes of a frame, or of one that is to be skipped (RFC 8878, section 3.1.2).
fn is_zstd(magic: &[u8]) -> bool {
    magic == ZSTD || is_skipped(magic)
}

fn is_skipped(magic: &[u8]) -> bool {
    matches!(magic, [0x50..=0x5f, 0x2a, 0x4d, 0x18])
}

/// A frame that is being read; its first bytes were looked at before.
type Frame<R> = StreamingDecoder<Chain<Cursor<[u8; 4]>, R>, FrameDecoder>;

/// All frames of a file, one after the other: the decoder itself ends with the first.
struct Zstd<R: BufRead> {
    frame: Option<Frame<R>>,
    source: Option<R>,
}

impl<R: BufRead> Read for Zstd<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(frame) = &mut self.frame {
                match frame.read(into).map_err(|_| damaged())? {
                    0 if !into.is_empty() => {
                        self.source = self.frame.take().map(|frame| frame.into_inner().into_inner().1)
                    }
                    read => return Ok(read),
                }
            }
            let Some(mut source) = self.source.take() else { return Ok(0) };
            if source.fill_buf()?.is_empty() {
                return Ok(0);
            }
            let magic = four(&mut source)?;
            if is_skipped(&magic) {
                skip(&mut source)?;
                self.source = Some(source);
            } else {
                let frame = StreamingDecoder::new(Cursor::new(magic).chain(source));
                self.frame = Some(frame.map_err(|_| damaged())?);
            }
        }
    }
}

/// The decoder's own words name its types, and what a user can do is the same for each.
fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "its zstd data is cut off or damaged")
}

fn four(source: &mut impl Read) -> io::Result<[u8; 4]> {
    let mut bytes = [0; 4];
    source.read_exact(&mut bytes).map_err(|_| damaged())?;
    Ok(bytes)
}

/// Passes over the length of a frame and as many bytes.
fn skip(source: &mut impl Read) -> io::Result<()> {
    let length = u64::from(u32::from_le_bytes(four(source)?));
    let passed = io::copy(&mut source.take(length), &mut io::sink())?;
    if passed < length { Err(damaged()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn read(bytes: Vec<u8>) -> io::Result<Vec<u8>> {
        let mut input = Input::of("x".into(), Cursor::new(bytes), None, &Progress::default())?;
        let mut out = Vec::new();
        input.reader.read_to_end(&mut out)?;
        Ok(out)
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(text).unwrap();
        packer.finish().unwrap()
    }

    fn zstd(text: &[u8]) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(text, ruzstd::encoding::CompressionLevel::Fastest)
    }

    #[test]
    fn files_of_every_packing_are_read_to_their_end() {
        assert_eq!(read(b"a\nb\n".to_vec()).unwrap(), b"a\nb\n");
        assert_eq!(read(Vec::new()).unwrap(), b"");
        assert_eq!(read(b"ab".to_vec()).unwrap(), b"ab");
        assert_eq!(read([gzip(b"one\n"), gzip(b"two\n")].concat()).unwrap(), b"one\ntwo\n");
        assert_eq!(read([zstd(b"one\n"), zstd(b"two\n")].concat()).unwrap(), b"one\ntwo\n");
    }

    #[test]
    fn frames_of_zstd_that_are_no_text_are_passed_over() {
        let skipped = b"\x5a\x2a\x4d\x18\x03\0\0\0xyz".to_vec();
        let all = [skipped.clone(), zstd(b"one\n"), skipped.clone(), zstd(b"two\n"), skipped.clone()].concat();
        assert_eq!(read(all).unwrap(), b"one\ntwo\n");
        let cut = skipped.get(..9).unwrap().to_vec();
        assert_eq!(read(cut).unwrap_err().to_string(), "its zstd data is cut off or damaged");
        let other = [zstd(b"one\n"), b"two\n".to_vec()].concat();
        assert_eq!(read(other).unwrap_err().to_string(), "its zstd data is cut off or damaged");
    }

    #[test]
    fn a_file_that_ends_early_is_an_error() {
        let text: Vec<u8> = (0..20_000_u32).flat_map(u32::to_le_bytes).collect();
        for mut packed in [gzip(&text), zstd(&text)] {
            packed.truncate(packed.len() / 2);
            assert!(read(packed).is_err());
        }
    }
}
