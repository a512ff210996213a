//! What endpoints keep in the host's store besides the buckets of limits: words in bounded tables of their own.
//!
//! A word's first half is the instant at which it may be forgotten, as a bucket's is the instant at which it is full
//! again, so that one rule says which of two slots gives way.

use crate::{
    limits::{Table, Word},
    time::Time,
};

/// One question to the store: the host steps the word stored under `key`, as it does for a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memo {
    /// In which table the word is stored.
    pub table: Table,
    /// Where the word is stored: a keyed hash.
    pub key: u128,
    /// Until when the answer is kept.
    pub until: Time,
    /// What is noted: the same again is no news.
    pub mark: u64,
    /// Which mark stays where there is one already.
    pub keep: Keep,
}

/// Which of two marks stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// The one that was there, until it is forgotten.
    First,
    /// The larger one: a smaller one that was there is no news.
    Largest,
}

/// What the store knew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remembered {
    /// Nothing, nothing any more, or what gives way: the mark is noted now.
    Nothing,
    /// This mark, from before.
    Same,
    /// Another mark, which stays.
    Other(u64),
    /// The store could not be reached.
    Unknown,
}

impl Memo {
    /// Asks the word `stored`, and returns the answer with the word to store.
    pub fn step(&self, stored: Word, now: Time) -> (Remembered, Word) {
        let (known_until, mark) = halves(stored);
        if known_until <= now.0 || (self.keep == Keep::Largest && mark < self.mark) {
            return (Remembered::Nothing, word(self.until.0, self.mark));
        }
        let answer = if mark == self.mark { Remembered::Same } else { Remembered::Other(mark) };
        (answer, stored)
    }
}

fn halves(word: Word) -> (u64, u64) {
    let [a, b, c, d, e, f, g, h, mark @ ..] = word.0;
    (u64::from_le_bytes([a, b, c, d, e, f, g, h]), u64::from_le_bytes(mark))
}

fn word(until: u64, mark: u64) -> Word {
    let mut bytes = [0; 16];
    let (first, second) = bytes.split_at_mut(8);
    first.copy_from_slice(&until.to_le_bytes());
    second.copy_from_slice(&mark.to_le_bytes());
    Word(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEMO: Memo = Memo { table: Table::Once, key: 1, until: Time(2_000), mark: 7, keep: Keep::First };

    #[test]
    fn what_was_noted_is_known_until_it_may_be_forgotten() {
        let (first, word) = MEMO.step(Word::default(), Time(1_000));
        assert_eq!(first, Remembered::Nothing);
        assert_eq!(MEMO.step(word, Time(1_999)), (Remembered::Same, word));
        assert_eq!(Memo { mark: 8, ..MEMO }.step(word, Time(1_999)), (Remembered::Other(7), word));
        assert_eq!(MEMO.step(word, Time(2_000)).0, Remembered::Nothing);
    }

    #[test]
    fn the_largest_mark_stays_where_it_is_asked_for() {
        let largest = Memo { keep: Keep::Largest, ..MEMO };
        let (_, word) = largest.step(Word::default(), Time(1_000));
        let (answer, word) = Memo { mark: 9, ..largest }.step(word, Time(1_001));
        assert_eq!(answer, Remembered::Nothing);
        assert_eq!(Memo { mark: 9, ..largest }.step(word, Time(1_002)), (Remembered::Same, word));
        assert_eq!(Memo { mark: 8, ..largest }.step(word, Time(1_002)), (Remembered::Other(9), word));
    }
}
