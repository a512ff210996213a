//! Where the words of limits and memos stand: in data that all threads of the proxy share, in a fixed number of slots.
//!
//! Envoy's shared data has no expiry and no way to remove a key, so a key for each client would grow as an attacker
//! pleases. Each [`Table`] has a fixed number of pages of eight slots.
//!
//! A page is written by compare-and-swap against its stamp, and made with a stamp that none has ([`NEVER`]), so `n` threads lose
//! no charge of one another: while a key has its slot, exactly its tokens are admitted, none too many and none too few. In two
//! and four threads of a real Envoy that was so of every token (`tests/envoy/test_stores.py`). What a limit may get wrong:
//!
//! - A key whose sixteen slots all go to clients that are limited for longer starts anew: up to `burst` tokens too many, each time.
//! - Where both its pages are full, threads whose clocks differ by a microsecond may put a new key into one each: the charges
//!   of at most `n − 1` threads, at its first moment, are then lost.
//! - A charge that [`ATTEMPTS`] others overtook is not made, counted as a failure of the store, and its request refused only
//!   where the limit is `unreachable = "closed"`. Two threads that did nothing else overtook one another in at most 8 % of their
//!   writes: 0.08⁸ is one in 600 million. Of 100,000 charges of one bucket by four threads none was.
//!
//! Threads lease no tokens from a bucket. A lease would save most of the two host calls of a charge, about 1.7 µs, and only for
//! clients that ask often; three charges cost a request with the shipped policy less than what its runs differ by, and a tenth to
//! a fifth with an empty one. It would lose `(n − 1) · lease` tokens of each bucket to threads that do not need them, which for a
//! burst of ten is the limit itself.

use crate::host::{Call, Failure, Host, NEVER};
use outwork_engine::{
    limits::{Charge, Charged, Page, Said, Table, Word},
    memo::{Memo, Remembered},
    time::Time,
};

/// How often a slot is tried that other threads are writing at the same time.
const ATTEMPTS: usize = 8;

/// Bytes that a page takes in Envoy, its key and all: a table of 41,943 grew by 13.5 MB until no page was new, 322 bytes each.
pub const PAGE: u64 = 330;

/// The least memory that buckets can have: some 6,000 of them.
pub const LEAST: u64 = 256 << 10;

/// The most: some 26 million.
pub const MOST: u64 = 1 << 30;

/// Which keys the charges of a request may be stored under.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keys {
    /// All.
    #[default]
    All,
    /// Those that are stored already. A request that is refused shall not fill the store with keys that its client makes up.
    Known,
}

impl Keys {
    /// Notes what became of a charge. A refusal that changed its own word was the first of its term, or touched a decoy: then the
    /// rungs of the client's other keys are to be set, too.
    fn after(&mut self, charged: Charged, changed: bool) {
        if !changed && matches!(charged, Charged::Known(outcome) if !outcome.admitted()) {
            *self = Self::Known;
        }
    }
}

/// The words that the threads of a proxy share.
#[derive(Debug)]
pub struct Store<'h, H> {
    host: &'h H,
    buckets: u32,
}

impl<'h, H: Host> Store<'h, H> {
    /// A store whose buckets have so many pages.
    pub fn new(host: &'h H, buckets: u32) -> Self {
        Self { host, buckets }
    }

    /// The proxy that keeps it.
    pub fn host(&self) -> &'h H {
        self.host
    }

    /// Charges one bucket.
    ///
    /// # Errors
    /// As all here: when the shared data cannot be read or written, or other threads were faster [`ATTEMPTS`] times running.
    pub fn charge(&self, charge: &Charge, keys: &mut Keys, now: Time) -> Result<Charged, Failure> {
        let (charged, changed) = self.step(Table::Buckets, charge.key, *keys, now, |word| charge.step(word, now))?;
        keys.after(charged, changed);
        Ok(charged)
    }

    /// Keeps the ladder of a bucket that stands elsewhere, after what that said.
    pub fn follow(&self, charge: &Charge, said: Said, keys: &mut Keys, now: Time) -> Result<Charged, Failure> {
        let follow = |word| charge.follow(word, said, now);
        let (charged, changed) = self.step(Table::Buckets, charge.key, *keys, now, follow)?;
        keys.after(charged, changed);
        Ok(charged)
    }

    /// What becomes of a charge by its ladder alone; none where its bucket has to be asked.
    pub fn standing(&self, charge: &Charge, keys: &mut Keys, now: Time) -> Result<Option<Charged>, Failure> {
        let stand = |word| charge.standing(word, now).map_or((None, word), |(charged, word)| (Some(charged), word));
        let (charged, changed) = self.step(Table::Buckets, charge.key, *keys, now, stand)?;
        if let Some(charged) = charged {
            keys.after(charged, changed);
        }
        Ok(charged)
    }

    /// Asks one memo.
    pub fn ask(&self, memo: &Memo, now: Time) -> Result<Remembered, Failure> {
        Ok(self.step(memo.table, memo.key, Keys::All, now, |word| memo.step(word, now))?.0)
    }

    /// Steps the word of a key, and tells besides whether it is another one now.
    fn step<T>(
        &self,
        table: Table,
        key: u128,
        keys: Keys,
        now: Time,
        take: impl Fn(Word) -> (T, Word),
    ) -> Result<(T, bool), Failure> {
        for _ in 0..ATTEMPTS {
            let mut found = self.find(table, key, now)?;
            let (outcome, word) = take(found.word);
            let changed = word != found.word;
            if !changed || (found.is_new && keys == Keys::Known) {
                return Ok((outcome, changed));
            }
            found.page.put(found.slot, key, word);
            if self.host.share(&name(table, found.place), &found.page.to_bytes(), Some(found.stamp))? {
                return Ok((outcome, changed));
            }
        }
        Err(Failure { call: Call::Store, status: CONTENDED })
    }

    fn find(&self, table: Table, key: u128, now: Time) -> Result<Found, Failure> {
        let [first, second] = Page::candidates(key, self.pages(table));
        let (page, stamp) = self.read(table, first)?;
        if let Some((slot, word)) = page.find(key) {
            return Ok(Found { place: first, page, stamp, slot, word, is_new: false });
        }
        let (other, other_stamp) = self.read(table, second)?;
        if let Some((slot, word)) = other.find(key) {
            return Ok(Found { place: second, page: other, stamp: other_stamp, slot, word, is_new: false });
        }
        let ((slot, kept), (other_slot, other_kept)) = (page.least(table, now), other.least(table, now));
        let (word, is_new) = (Word::default(), true);
        Ok(if kept <= other_kept {
            Found { place: first, page, stamp, slot, word, is_new }
        } else {
            Found { place: second, page: other, stamp: other_stamp, slot: other_slot, word, is_new }
        })
    }

    fn read(&self, table: Table, place: u32) -> Result<(Page, u32), Failure> {
        let stored = self.host.shared(&name(table, place))?;
        Ok(stored.map_or_else(|| (Page::default(), NEVER), |(bytes, stamp)| (Page::from_bytes(&bytes), stamp)))
    }

    fn pages(&self, table: Table) -> u32 {
        match table {
            Table::Buckets => self.buckets,
            Table::Once | Table::Paths => table.pages(),
        }
    }
}

/// The ABI's status for a compare-and-swap that did not match.
const CONTENDED: u32 = 8;

/// The slot that a key is to use.
struct Found {
    place: u32,
    page: Page,
    stamp: u32,
    slot: usize,
    word: Word,
    /// Whether the key has no slot yet.
    is_new: bool,
}

/// In a VM without an id, as Istio makes them, all plugins share one space of names.
fn name(table: Table, place: u32) -> [u8; 12] {
    let [a, b, c, d] = place.to_le_bytes();
    let [o, u, t, w, q, r, k] = *b"outwork";
    let table = match table {
        Table::Buckets => b':',
        Table::Once => b'!',
        Table::Paths => b'~',
    };
    [o, u, t, w, q, r, k, table, a, b, c, d]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Memory;
    use outwork_engine::memo::Keep;
    use outwork_engine::{
        limits::{Limit, Mercy},
        risk::Band,
    };

    const NOW: Time = Time(1_795_305_600_000_000);

    fn store(host: &Memory) -> Store<'_, Memory> {
        Store::new(host, Table::Buckets.pages())
    }

    fn limit(burst: u32) -> Limit {
        Limit { burst, ..Limit::default() }
    }

    fn admitted(host: &Memory, key: u128, burst: u32) -> bool {
        match store(host).charge(&limit(burst).charge(0, key, Band::Low, Mercy::None), &mut Keys::All, NOW).unwrap() {
            Charged::Known(outcome) => outcome.admitted(),
            Charged::Unknown => unreachable!("the store of the test is always there"),
        }
    }

    #[test]
    fn a_key_has_one_bucket() {
        let host = Memory::default();
        let key = 7 << 64 | 3 << 32 | 2;
        assert_eq!([(); 4].map(|()| admitted(&host, key, 3)), [true, true, true, false]);
        assert!(admitted(&host, 8 << 64 | 5 << 32 | 4, 3));
    }

    #[test]
    fn a_memo_is_news_once() {
        let host = Memory::default();
        let memo = Memo {
            table: Table::Once,
            key: 7 << 64 | 3 << 32 | 2,
            until: Time(NOW.0 + 1_000),
            mark: 5,
            keep: Keep::First,
        };
        let asked = [memo, memo, Memo { mark: 6, ..memo }].map(|memo| store(&host).ask(&memo, NOW).unwrap());
        assert_eq!(asked, [Remembered::Nothing, Remembered::Same, Remembered::Other(5)]);
        assert_eq!(store(&host).ask(&memo, Time(NOW.0 + 1_000)), Ok(Remembered::Nothing));
    }

    #[test]
    fn memory_is_bounded_whatever_keys_come() {
        let host = Memory::default();
        for n in 0..200_000_u128 {
            let key = n.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
            let _ = admitted(&host, key, 1);
        }
        assert!(host.shared.borrow().len() <= Table::Buckets.pages() as usize);
    }

    #[test]
    fn another_threads_charge_in_between_is_not_lost() {
        let host = Memory::default();
        let key = 7 << 64 | 3 << 32 | 2;
        assert!(admitted(&host, key, 3));
        host.meanwhile.replace(Some(|host, _| assert!(admitted(host, 7 << 64 | 3 << 32 | 2, 3))));
        assert!(admitted(&host, key, 3));
        assert!(!admitted(&host, key, 3));
    }

    #[test]
    fn a_page_that_two_threads_make_at_once_keeps_both_charges() {
        let host = Memory::default();
        let key = 7 << 64 | 3 << 32 | 2;
        host.meanwhile.replace(Some(|host, _| assert!(admitted(host, 7 << 64 | 3 << 32 | 2, 2))));
        assert!(admitted(&host, key, 2));
        assert!(!admitted(&host, key, 2));
    }

    #[test]
    fn a_slot_that_is_always_busy_is_given_up() {
        fn busy(host: &Memory, key: &[u8]) {
            let stamp = host.shared.borrow().get(key).map_or(0, |(_, stamp)| *stamp);
            host.shared.borrow_mut().insert(key.into(), (vec![1; Page::BYTES], stamp + 1));
            host.meanwhile.replace(Some(busy));
        }
        let host = Memory::default();
        let key = 7 << 64;
        assert!(admitted(&host, key, 3));
        host.meanwhile.replace(Some(busy));
        let failure =
            store(&host).charge(&limit(3).charge(0, key, Band::Low, Mercy::None), &mut Keys::All, NOW).unwrap_err();
        assert_eq!((failure.call, failure.status), (Call::Store, CONTENDED));
    }

    #[test]
    fn a_refusal_writes_nothing() {
        let host = Memory::default();
        let key = 7 << 64;
        assert!(admitted(&host, key, 1));
        let before = host.shared.borrow().clone();
        assert!(!admitted(&host, key, 1));
        assert_eq!(*host.shared.borrow(), before);
    }
}
