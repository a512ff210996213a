use std::collections::BTreeMap;

/// No more than this much of a stream is kept: four of the largest ClientHellos.
const WINDOW: usize = 1 << 16;
/// No more parts than this wait for a gap before them.
const MAX_WAITING: usize = 256;

/// The start of a byte stream, put together from parts that come in any order. Where parts overlap, the first wins.
#[derive(Default)]
pub(crate) struct Assembly {
    prefix: Vec<u8>,
    waiting: BTreeMap<usize, Vec<u8>>,
}

impl Assembly {
    /// The bytes from the start up to the first gap.
    pub(crate) fn prefix(&self) -> &[u8] {
        &self.prefix
    }

    /// Whether the window is full, so that nothing more will come.
    pub(crate) fn is_full(&self) -> bool {
        self.prefix.len() >= WINDOW
    }

    /// Adds the part that begins `offset` bytes into the stream. What reaches past the window is dropped.
    pub(crate) fn add(&mut self, offset: usize, part: &[u8]) {
        let Some(room) = WINDOW.checked_sub(offset) else { return };
        let part = part.get(..room).unwrap_or(part);
        if offset > self.prefix.len() {
            self.wait(offset, part);
            return;
        }
        self.append(offset, part);
        while let Some(next) = self.waiting.first_entry().filter(|next| *next.key() <= self.prefix.len()) {
            let (offset, part) = next.remove_entry();
            self.append(offset, &part);
        }
    }

    fn wait(&mut self, offset: usize, part: &[u8]) {
        if self.waiting.len() < MAX_WAITING && self.waiting.get(&offset).is_none_or(|held| held.len() < part.len()) {
            self.waiting.insert(offset, part.to_vec());
        }
    }

    fn append(&mut self, offset: usize, part: &[u8]) {
        let known = self.prefix.len().saturating_sub(offset);
        if let Some(new) = part.get(known..) {
            self.prefix.extend_from_slice(new);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_in_any_order_make_the_stream() {
        let mut assembly = Assembly::default();
        assembly.add(6, b"ghi");
        assembly.add(3, b"def");
        assert_eq!(assembly.prefix(), b"");
        assembly.add(0, b"abcd");
        assert_eq!(assembly.prefix(), b"abcdefghi");
    }

    #[test]
    fn the_first_of_overlapping_parts_wins() {
        let mut assembly = Assembly::default();
        assembly.add(0, b"abc");
        assembly.add(0, b"xyzd");
        assembly.add(1, b"?");
        assert_eq!(assembly.prefix(), b"abcd");
    }

    #[test]
    fn a_stream_is_kept_up_to_the_window() {
        let mut assembly = Assembly::default();
        assembly.add(WINDOW + 1, b"far");
        for offset in 0..WINDOW {
            assembly.add(offset, &[7; 100]);
        }
        assert!(assembly.is_full());
        assert_eq!(assembly.prefix().len(), WINDOW);
    }
}
