//! Where the words of rate limits and memos are kept: tables of fixed size in this isolate's memory.
//!
//! Cloudflare runs many isolates, and ends them as it likes. A bucket here counts what one isolate has seen, so a limit
//! of scope `local` admits at most its burst and refill times the number of isolates that serve the client. In the same
//! way a solved challenge that was used is known to this isolate alone.

use outwork_engine::{
    limits::{Charge, Charged, Page, Said, Table, Word},
    memo::{Memo, Remembered},
    time::Time,
};

/// Which keys the charges of a request may be stored under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keys {
    /// All.
    All,
    /// Those that are stored already. A request that is refused shall not fill the store with keys that its client makes up.
    Known,
}

impl Keys {
    /// As the shell and its objects are told.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Known => "known",
        }
    }

    /// Notes what became of a charge. A refusal that changed its own word was the first of its term, or touched a decoy: then the
    /// rungs of the client's other keys are to be set, too.
    fn after(&mut self, charged: Charged, changed: bool) {
        if !changed && matches!(charged, Charged::Known(outcome) if !outcome.admitted()) {
            *self = Self::Known;
        }
    }
}

/// The tables, 192 bytes a page: 6 MiB of an isolate's 128 MB once all are in use. They never grow further, whatever clients
/// send.
pub(crate) struct Store {
    // INVARIANT: as many as `Table::ALL`, in its order; each is empty until it is first used, and then has all its pages.
    tables: [Vec<Page>; 3],
}

impl Store {
    /// Empty tables.
    pub(crate) fn new() -> Self {
        Self { tables: Table::ALL.map(|_| Vec::new()) }
    }

    /// Charges one bucket.
    pub(crate) fn charge(&mut self, charge: &Charge, keys: &mut Keys, now: Time) -> Charged {
        let (charged, changed) = self.step(Table::Buckets, charge.key, *keys, now, |word| charge.step(word, now));
        keys.after(charged, changed);
        charged
    }

    /// Notes what a bucket that stands elsewhere said: the ladder is kept here.
    pub(crate) fn follow(&mut self, charge: &Charge, said: Said, keys: &mut Keys, now: Time) -> Charged {
        let follow = |word| charge.follow(word, said, now);
        let (charged, changed) = self.step(Table::Buckets, charge.key, *keys, now, follow);
        keys.after(charged, changed);
        charged
    }

    /// What becomes of a charge by its rung alone, whatever a bucket elsewhere would say.
    pub(crate) fn standing(&mut self, charge: &Charge, keys: &mut Keys, now: Time) -> Option<Charged> {
        let standing = |word| charge.standing(word, now).map_or((None, word), |(charged, word)| (Some(charged), word));
        let (charged, changed) = self.step(Table::Buckets, charge.key, *keys, now, standing);
        keys.after(charged?, changed);
        charged
    }

    /// Asks one memo.
    pub(crate) fn ask(&mut self, memo: &Memo, now: Time) -> Remembered {
        self.step(memo.table, memo.key, Keys::All, now, |word| memo.step(word, now)).0
    }

    /// Steps the word of a key, and tells besides whether it is another one now.
    fn step<T>(
        &mut self,
        table: Table,
        key: u128,
        keys: Keys,
        now: Time,
        take: impl FnOnce(Word) -> (T, Word),
    ) -> (T, bool) {
        let places = Page::candidates(key, table.pages());
        let pages = self.table(table);
        let own = places.into_iter().find_map(|place| {
            let place = usize::try_from(place).ok()?;
            pages.get(place)?.find(key).map(|(slot, word)| (place, slot, word))
        });
        let known = own.map_or(Word::default(), |(_, _, word)| word);
        let (outcome, word) = take(known);
        if word != known && (own.is_some() || keys == Keys::All) {
            let (place, slot) = own.map_or_else(|| least(pages, places, table, now), |(place, slot, _)| (place, slot));
            if let Some(page) = pages.get_mut(place) {
                page.put(slot, key, word);
            }
        }
        (outcome, word != known)
    }

    fn table(&mut self, table: Table) -> &mut [Page] {
        let [buckets, once, paths] = &mut self.tables;
        let pages = match table {
            Table::Buckets => buckets,
            Table::Once => once,
            Table::Paths => paths,
        };
        if pages.is_empty() {
            *pages = (0..table.pages()).map(|_| Page::default()).collect();
        }
        pages
    }
}

/// The page and slot of those that a key may use that knows least.
fn least(pages: &[Page], places: [u32; 2], table: Table, now: Time) -> (usize, usize) {
    let kept = places.into_iter().filter_map(|place| {
        let place = usize::try_from(place).ok()?;
        pages.get(place).map(|page| (place, page.least(table, now)))
    });
    kept.min_by_key(|(_, (_, until))| *until).map_or((0, 0), |(place, (slot, _))| (place, slot))
}

#[cfg(test)]
mod tests {
    use outwork_engine::{
        limits::{Limit, Mercy},
        risk::Band,
    };

    use super::*;
    use outwork_engine::memo::Keep;

    const NOW: Time = Time::from_seconds(1_795_305_600);

    fn charge(key: u128) -> Charge {
        Limit { burst: 3, ..Limit::default() }.charge(0, key, Band::Low, Mercy::None)
    }

    fn admitted(charged: Charged) -> bool {
        matches!(charged, Charged::Known(outcome) if outcome.admitted())
    }

    #[test]
    fn a_burst_is_admitted_and_the_next_is_not() {
        let mut store = Store::new();
        let charge = charge(7 << 64 | 7);
        let outcomes: Vec<_> = (0..4).map(|_| admitted(store.charge(&charge, &mut Keys::All, NOW))).collect();
        assert_eq!(outcomes, [true, true, true, false]);
        assert!(admitted(store.charge(&charge, &mut Keys::All, Time(NOW.0 + 1_000_000))), "a token came back");
    }

    #[test]
    fn clients_have_buckets_of_their_own() {
        let mut store = Store::new();
        let keys = (1..=1_000_u64).map(|n| u128::from(n) << 64 | u128::from(n.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        let refused =
            keys.filter(|key| (0..3).any(|_| !admitted(store.charge(&charge(*key), &mut Keys::All, NOW)))).count();
        assert_eq!(refused, 0);
    }

    #[test]
    fn a_memo_is_news_once() {
        let mut store = Store::new();
        let memo =
            Memo { table: Table::Once, key: 7 << 64 | 7, until: Time(NOW.0 + 1_000), mark: 5, keep: Keep::First };
        let asked = [memo, memo, Memo { mark: 6, ..memo }].map(|memo| store.ask(&memo, NOW));
        assert_eq!(asked, [Remembered::Nothing, Remembered::Same, Remembered::Other(5)]);
    }

    #[test]
    fn what_may_not_be_new_is_stepped_and_not_stored() {
        let mut store = Store::new();
        let mut outcomes =
            |mut keys| (0..4).map(|_| admitted(store.charge(&charge(7 << 64 | 7), &mut keys, NOW))).collect::<Vec<_>>();
        assert_eq!(outcomes(Keys::Known), [true; 4]);
        assert_eq!(outcomes(Keys::All), [true, true, true, false]);
        assert_eq!(outcomes(Keys::Known), [false; 4]);
    }

    #[test]
    fn a_million_clients_take_no_more_memory() {
        let mut store = Store::new();
        store.charge(&charge(1), &mut Keys::All, NOW);
        let before = store.tables.each_ref().map(Vec::capacity);
        for n in 1..=1_000_000_u128 {
            store.charge(&charge(n.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)), &mut Keys::All, NOW);
        }
        assert_eq!(store.tables.each_ref().map(Vec::capacity), before);
    }
}
