//! Files of a log: plain, gzip or zstd, by their first bytes.

use crate::Progress;
use flate2::read::MultiGzDecoder;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};
use std::{
    fs::File,
    io::{self, BufRead, BufReader, Cursor, Read},
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
        let packed = [magic.starts_with(&[0x1f, 0x8b]), magic == [0x28, 0xb5, 0x2f, 0xfd]];
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

/// All frames of a file, one after the other: the decoder itself ends with the first.
struct Zstd<R: BufRead> {
    frame: Option<StreamingDecoder<R, FrameDecoder>>,
    source: Option<R>,
}

impl<R: BufRead> Read for Zstd<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(frame) = &mut self.frame {
                match frame.read(into)? {
                    0 if !into.is_empty() => self.source = self.frame.take().map(StreamingDecoder::into_inner),
                    read => return Ok(read),
                }
            }
            let Some(mut source) = self.source.take() else { return Ok(0) };
            if source.fill_buf()?.is_empty() {
                return Ok(0);
            }
            self.frame = Some(StreamingDecoder::new(source).map_err(io::Error::other)?);
        }
    }
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
    fn a_file_that_ends_early_is_an_error() {
        let text: Vec<u8> = (0..20_000_u32).flat_map(u32::to_le_bytes).collect();
        for mut packed in [gzip(&text), zstd(&text)] {
            packed.truncate(packed.len() / 2);
            assert!(read(packed).is_err());
        }
    }
}
