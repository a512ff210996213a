//! A bounded place for words: a fixed number of pages of eight slots, two pages a key.
//!
//! A store that adds a key for every client grows as an attacker pleases. Here a key may stand in any slot of two pages; when
//! all are taken by others, the one whose word says nothing any more soonest gives way, because it knows least. Who asks
//! much is kept for long: a flood of others pushes out its own first.

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

    /// How many pages it has where nobody says otherwise. A batch with a path takes eight slots of the last: it remembers about
    /// the last 16,000 of them.
    pub const fn pages(self) -> u32 {
        match self {
            Self::Buckets | Self::Once => 1 << 13,
            Self::Paths => 1 << 14,
        }
    }

    fn worth(self, word: Word, now: Time) -> u64 {
        match self {
            Self::Buckets => word.kept_until().max(now.0).saturating_add(u64::from(word.level())),
            Self::Once | Self::Paths => word.arrival().max(now.0),
        }
    }
}

/// A slot: whose it is, and their word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slot {
    /// The upper half of the key that holds it; 0 while nobody does.
    pub tag: u64,
    /// That key's word.
    pub word: Word,
}

/// How many slots a page has: as many as a store reads and writes at once.
pub const WAYS: usize = 8;

/// Slots that are read and written together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Page(pub [Slot; WAYS]);

impl Page {
    /// Bytes of a stored page.
    pub const BYTES: usize = WAYS * SLOT;

    /// Reads a stored page; anything of another length reads as empty.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let mut page = Self::default();
        if bytes.len() == Self::BYTES {
            for (slot, bytes) in page.0.iter_mut().zip(bytes.chunks_exact(SLOT)) {
                *slot = Slot::from_bytes(bytes);
            }
        }
        page
    }

    /// The bytes to store.
    pub fn to_bytes(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        for (slot, bytes) in self.0.iter().zip(bytes.chunks_exact_mut(SLOT)) {
            let (tag, word) = bytes.split_at_mut(TAG);
            tag.copy_from_slice(&slot.tag.to_le_bytes());
            word.copy_from_slice(&slot.word.0);
        }
        bytes
    }

    /// The two pages of `pages` that a key may stand in.
    pub fn candidates(key: u128, pages: u32) -> [u32; 2] {
        let pages = u128::from(pages.max(1));
        let at = |shift: u32| u32::try_from((key >> shift & 0xffff_ffff) % pages).unwrap_or(0);
        [at(0), at(32)]
    }

    /// Where a key stands on this page, with its word.
    pub fn find(&self, key: u128) -> Option<(usize, Word)> {
        let tag = tag_of(key);
        self.0.iter().enumerate().find(|(_, slot)| slot.tag == tag).map(|(at, slot)| (at, slot.word))
    }

    /// The slot that knows least, and until when that is worth keeping. Of those that say nothing any more the one without a level
    /// goes first: levels are forgiven long after their terms.
    pub fn least(&self, table: Table, now: Time) -> (usize, u64) {
        let worth = |slot: &Slot| if slot.tag == 0 { 0 } else { table.worth(slot.word, now) };
        let kept = self.0.iter().map(worth).enumerate();
        kept.min_by_key(|(_, until)| *until).unwrap_or((0, 0))
    }

    /// Stores a key's word in a slot.
    pub fn put(&mut self, at: usize, key: u128, word: Word) {
        if let Some(slot) = self.0.get_mut(at) {
            *slot = Slot { tag: tag_of(key), word };
        }
    }
}

const TAG: usize = 8;

/// Bytes of a stored slot.
const SLOT: usize = TAG + 16;

impl Slot {
    fn from_bytes(bytes: &[u8]) -> Self {
        let Some((tag, word)) = bytes.split_first_chunk::<TAG>() else { return Self::default() };
        let Ok(word) = word.try_into() else { return Self::default() };
        Self { tag: u64::from_le_bytes(*tag), word: Word(word) }
    }
}

/// The tag of a key; never 0, which marks a free slot.
fn tag_of(key: u128) -> u64 {
    u64::try_from(key >> 64).unwrap_or(0).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(arrival: u64) -> Word {
        Word::new(arrival, 0, 0, 0)
    }

    fn full(arrival: impl Fn(u64) -> u64) -> Page {
        let mut page = Page::default();
        for at in 0..WAYS {
            let key = u128::try_from(at + 100).unwrap() << 64;
            page.put(at, key, word(arrival(u64::try_from(at).unwrap())));
        }
        page
    }

    #[test]
    fn a_key_finds_its_own_word() {
        let page = full(|at| 50 + at);
        assert_eq!(page.find(103 << 64), Some((3, word(53))));
        assert_eq!(page.find(7 << 64), None);
    }

    #[test]
    fn the_slot_that_knows_least_gives_way() {
        let page = full(|at| 50 + (at + 3) % 8);
        assert_eq!(page.least(Table::Buckets, Time(10)), (5, 50));
        assert_eq!(page.least(Table::Buckets, Time(52)), (5, 52), "the first of those that say nothing any more");
        let mut page = full(|_| 50);
        page.0[6] = Slot::default();
        assert_eq!(page.least(Table::Buckets, Time(10)), (6, 0));
    }

    #[test]
    fn a_term_is_worth_keeping_where_words_have_terms() {
        let mut page = full(|at| 50_000 + at);
        page.put(0, 100 << 64, Word::new(0, 1, 0, 90_000));
        assert_eq!(page.least(Table::Buckets, Time(10)).0, 1);
        assert_eq!(page.least(Table::Once, Time(10)).0, 0);
        assert_eq!(page.least(Table::Buckets, Time(95_000)), (1, 95_000), "a level is not forgiven with its term");
    }

    #[test]
    fn what_is_stored_is_what_is_read() {
        let page = full(|at| 1_234_567 * at);
        assert_eq!(Page::from_bytes(&page.to_bytes()), page);
        for length in [0, Page::BYTES - 1, Page::BYTES + 1] {
            assert_eq!(Page::from_bytes(&[1; Page::BYTES + 1][..length]), Page::default());
        }
    }
}
