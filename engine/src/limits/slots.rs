//! A bounded place for words: a fixed number of slots, two candidates a key.
//!
//! A store that adds a key for every client grows as an attacker pleases. Here a key may stand in one of two slots;
//! when both are taken by others, the one whose bucket is full again soonest gives way, because it knows least.

use super::Word;
use crate::time::Time;

/// One of the tables of a store. What lives long must not crowd out what is asked for at every request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// The buckets of limits.
    Buckets,
    /// What may happen once: answers to challenges, the order of a session's batches.
    Once,
    /// Paths that pointers took.
    Paths,
}

impl Table {
    /// Every table, in order.
    pub const ALL: [Self; 3] = [Self::Buckets, Self::Once, Self::Paths];

    /// How many slots it has. A batch with a path takes eight of the last: it remembers about the last 16,000 of them.
    pub const fn slots(self) -> u32 {
        match self {
            Self::Buckets | Self::Once => 1 << 16,
            Self::Paths => 1 << 17,
        }
    }
}

/// A slot: whose it is, and their word. 24 bytes stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slot {
    /// The upper half of the key that holds it; 0 while nobody does.
    pub tag: u64,
    /// That key's word.
    pub word: Word,
}

impl Slot {
    /// Bytes of a stored slot.
    pub const BYTES: usize = 24;

    /// Reads a stored slot; anything of another length reads as free.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let Some((tag, word)) = bytes.split_first_chunk::<8>() else { return Self::default() };
        let Ok(word) = word.try_into() else { return Self::default() };
        Self { tag: u64::from_le_bytes(*tag), word: Word(word) }
    }

    /// The bytes to store.
    pub fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        let (tag, word) = bytes.split_at_mut(8);
        tag.copy_from_slice(&self.tag.to_le_bytes());
        word.copy_from_slice(&self.word.0);
        bytes
    }

    /// The tag of a key; never 0, which marks a free slot.
    pub fn tag_of(key: u128) -> u64 {
        u64::try_from(key >> 64).unwrap_or(0).max(1)
    }

    /// The two slots of `slots` that a key may stand in.
    pub fn candidates(key: u128, slots: u32) -> [u32; 2] {
        let slots = u128::from(slots.max(1));
        let at = |shift: u32| u32::try_from((key >> shift & 0xffff_ffff) % slots).unwrap_or(0);
        [at(0), at(32)]
    }
}

/// Which of its two slots a key is to use, and the word it finds there.
pub fn choose(key: u128, first: Slot, second: Slot, now: Time) -> (usize, Word) {
    let tag = Slot::tag_of(key);
    if first.tag == tag {
        (0, first.word)
    } else if second.tag == tag {
        (1, second.word)
    } else if first.word.arrival().max(now.0) <= second.word.arrival().max(now.0) {
        (0, Word::default())
    } else {
        (1, Word::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(tag: u64, arrival: u64) -> Slot {
        Slot { tag, word: Word::at(arrival) }
    }

    #[test]
    fn a_key_finds_its_own_word_in_either_slot() {
        let key = 7_u128 << 64;
        assert_eq!(choose(key, slot(7, 50), slot(9, 10), Time(1)), (0, Word::at(50)));
        assert_eq!(choose(key, slot(9, 50), slot(7, 10), Time(1)), (1, Word::at(10)));
    }

    #[test]
    fn the_slot_that_knows_least_gives_way() {
        let key = 7_u128 << 64;
        assert_eq!(choose(key, slot(8, 50), slot(9, 10), Time(1)), (1, Word::default()));
        assert_eq!(choose(key, slot(8, 50), Slot::default(), Time(1)), (1, Word::default()));
        assert_eq!(choose(key, slot(8, 50), slot(9, 60), Time(100)), (0, Word::default()));
    }

    #[test]
    fn what_is_stored_is_what_is_read() {
        let slot = slot(42, 1_234_567);
        assert_eq!(Slot::from_bytes(&slot.to_bytes()), slot);
        assert_eq!(Slot::from_bytes(b""), Slot::default());
        assert_eq!(Slot::from_bytes(&[1; 23]), Slot::default());
        assert_eq!(Slot::from_bytes(&[1; 25]), Slot::default());
    }
}
