//! Whole lines, some thousand at a time.

use crate::MAX_LINE;
use memchr::memrchr;
use std::io::{self, Read};

/// What is read at once. A block and what is made of its lines fit into a core's cache.
const BLOCK: usize = 128 * 1024;

/// Some lines of a file, in order.
#[derive(Debug, Default)]
pub(crate) struct Block {
    /// The number of its first line, from 1.
    pub(crate) first: u64,
    /// The lines with their ends; the last one may have none.
    pub(crate) bytes: Vec<u8>,
    /// The number of a line before these that was too long.
    pub(crate) too_long: Option<u64>,
}

impl Block {
    /// The lines without their ends, with their numbers.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let bytes = self.bytes.strip_suffix(b"\n").unwrap_or(&self.bytes);
        let lines = memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]).scan(0, move |start, end| {
            let line = bytes.get(*start..end)?;
            *start = end + 1;
            Some(line.strip_suffix(b"\r").unwrap_or(line))
        });
        (self.first..).zip(lines).filter(|(_, line)| !line.trim_ascii().is_empty())
    }
}

/// Cuts a text into blocks.
pub(crate) struct Blocks<R> {
    source: R,
    rest: Vec<u8>,
    next: u64,
    done: bool,
    // Why the text ends before its end; told when the lines before it were handed on.
    broken: Option<io::Error>,
}

impl<R: Read> Blocks<R> {
    pub(crate) fn new(source: R) -> Self {
        Self { source, rest: Vec::new(), next: 1, done: false, broken: None }
    }

    /// The next block; none after the last. Where the text cannot be read on, its whole lines up to there come first.
    pub(crate) fn next(&mut self) -> io::Result<Option<Block>> {
        if let Some(error) = self.broken.take() {
            return Err(error);
        }
        let mut bytes = std::mem::take(&mut self.rest);
        let mut wanted = BLOCK;
        loop {
            if let Err(error) = self.fill(&mut bytes, wanted) {
                bytes.truncate(memrchr(b'\n', &bytes).map_or(0, |end| end + 1));
                if bytes.is_empty() {
                    return Err(error);
                }
                self.broken = Some(error);
                break;
            }
            if self.done {
                break;
            }
            if let Some(end) = memrchr(b'\n', &bytes) {
                self.rest = bytes.split_off(end + 1);
                self.rest.reserve(BLOCK);
                break;
            }
            if bytes.len() > MAX_LINE {
                return self.pass_over().map(Some);
            }
            wanted = bytes.len() + BLOCK;
        }
        if bytes.is_empty() {
            return Ok(None);
        }
        let block = Block { first: self.next, bytes, too_long: None };
        self.next += u64::try_from(memchr::memchr_iter(b'\n', &block.bytes).count()).unwrap_or(0);
        Ok(Some(block))
    }

    fn fill(&mut self, bytes: &mut Vec<u8>, wanted: usize) -> io::Result<()> {
        let missing = wanted.saturating_sub(bytes.len());
        let read = (&mut self.source).take(u64::try_from(missing).unwrap_or(0)).read_to_end(bytes)?;
        self.done = read < missing;
        Ok(())
    }

    /// Reads to the end of a line that is too long, and keeps what follows it.
    fn pass_over(&mut self) -> io::Result<Block> {
        let mut piece = Vec::new();
        loop {
            piece.clear();
            self.fill(&mut piece, BLOCK)?;
            if let Some(end) = memchr::memchr(b'\n', &piece) {
                self.rest = piece.split_off(end + 1);
                break;
            }
            if self.done {
                break;
            }
        }
        let block = Block { first: self.next + 1, bytes: Vec::new(), too_long: Some(self.next) };
        self.next += 1;
        Ok(block)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(text: &[u8]) -> (Vec<(u64, Vec<u8>)>, Vec<u64>) {
        let mut blocks = Blocks::new(text);
        let (mut lines, mut long) = (Vec::new(), Vec::new());
        while let Some(block) = blocks.next().unwrap() {
            lines.extend(block.lines().map(|(number, line)| (number, line.to_vec())));
            long.extend(block.too_long);
        }
        (lines, long)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn lines_are_those_of_the_text(lengths in prop::collection::vec(0_usize..60_000, 0..40), ends in any::<bool>()) {
            let written: Vec<Vec<u8>> = lengths.iter().map(|&length| vec![b'x'; length]).collect();
            let mut text = written.join(&b"\n"[..]);
            if ends { text.push(b'\n'); }
            let expected: Vec<_> = (1_u64..).zip(written).filter(|(_, line)| !line.is_empty()).collect();
            prop_assert_eq!(lines(&text), (expected, vec![]));
        }
    }

    #[test]
    fn whole_lines_before_an_error_are_handed_on() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("cut off"))
            }
        }
        let mut blocks = Blocks::new((&b"a\nb\nhalf a li"[..]).chain(Broken));
        assert_eq!(blocks.next().unwrap().unwrap().bytes, b"a\nb\n");
        assert_eq!(blocks.next().unwrap_err().to_string(), "cut off");
        assert_eq!(Blocks::new((&b"half"[..]).chain(Broken)).next().unwrap_err().to_string(), "cut off");
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over() {
        let text = [&b"a\n"[..], &vec![b'x'; 3 * MAX_LINE], b"\nb\r\n\nc"].concat();
        assert_eq!(lines(&text), (vec![(1, b"a".to_vec()), (3, b"b".to_vec()), (5, b"c".to_vec())], vec![2]));
        assert_eq!(lines(&vec![b'x'; 2 * MAX_LINE]), (vec![], vec![1]));
        assert_eq!(lines(b""), (vec![], vec![]));
    }
}
