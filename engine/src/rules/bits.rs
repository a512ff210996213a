//! A row of bits that keeps its memory.

use alloc::vec::Vec;

/// Bits by index; what lies past the end is never set.
#[derive(Debug, Default)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    /// Makes it `len` bits, all clear.
    pub(super) fn reset(&mut self, len: usize) {
        self.0.clear();
        self.0.resize(len.div_ceil(64), 0);
    }

    /// Makes it a copy of another.
    pub(super) fn copy(&mut self, other: &Self) {
        self.0.clone_from(&other.0);
    }

    pub(super) fn get(&self, index: usize) -> bool {
        self.0.get(index / 64).is_some_and(|word| word >> (index % 64) & 1 == 1)
    }

    pub(super) fn set(&mut self, index: usize) {
        if let Some(word) = self.0.get_mut(index / 64) {
            *word |= 1 << (index % 64);
        }
    }

    /// Sets `start..end`, a word at a time.
    pub(super) fn fill(&mut self, start: usize, end: usize) {
        self.change(start, end, |word, mask| *word |= mask);
    }

    /// Clears `start..end`, a word at a time.
    pub(super) fn clear(&mut self, start: usize, end: usize) {
        self.change(start, end, |word, mask| *word &= !mask);
    }

    fn change(&mut self, start: usize, end: usize, change: impl Fn(&mut u64, u64)) {
        if start >= end {
            return;
        }
        let (first, last) = (start / 64, (end - 1) / 64);
        for at in first..=last {
            let low = if at == first { u64::MAX << (start % 64) } else { u64::MAX };
            let high = if at == last { u64::MAX >> (63 - (end - 1) % 64) } else { u64::MAX };
            if let Some(word) = self.0.get_mut(at) {
                change(word, low & high);
            }
        }
    }

    /// The indices of the bits that are set, in order.
    pub(super) fn ones(&self) -> impl Iterator<Item = usize> + '_ {
        ones(&self.0)
    }
}

/// The indices of the bits that are set in these words, in order.
pub(super) fn ones(words: &[u64]) -> impl Iterator<Item = usize> + '_ {
    words.iter().enumerate().flat_map(|(at, &word)| Ones { word, base: at * 64 })
}

struct Ones {
    word: u64,
    base: usize,
}

impl Iterator for Ones {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        if self.word == 0 {
            return None;
        }
        let bit = self.word.trailing_zeros();
        self.word &= self.word - 1;
        Some(self.base + bit as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_exactly_the_range() {
        for (start, end) in [(0, 0), (0, 1), (3, 64), (63, 65), (64, 128), (5, 130), (129, 130)] {
            let mut bits = Bits::default();
            bits.reset(130);
            bits.fill(start, end);
            assert!(bits.ones().eq(start..end), "{start}..{end}");
            assert!((0..130).all(|at| bits.get(at) == (start..end).contains(&at)));
            bits.fill(0, 130);
            bits.clear(start, end);
            assert!((0..130).all(|at| bits.get(at) != (start..end).contains(&at)));
        }
    }

    #[test]
    fn ignores_what_lies_past_the_end() {
        let mut bits = Bits::default();
        bits.reset(10);
        bits.set(1_000);
        bits.fill(900, 1_000);
        assert_eq!(bits.ones().count(), 0);
        assert!(!bits.get(1_000));
    }
}
