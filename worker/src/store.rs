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
    pub(crate) fn charge(&mut self, charge: &Charge, now: Time) -> Charged {
        self.step(Table::Buckets, charge.key, now, |word| charge.step(word, now))
    }

    /// Notes what a bucket that stands elsewhere said: the ladder is kept here.
    pub(crate) fn follow(&mut self, charge: &Charge, said: Said, now: Time) -> Charged {
        self.step(Table::Buckets, charge.key, now, |word| charge.follow(word, said, now))
    }

    /// What becomes of a charge by its rung alone, whatever a bucket elsewhere would say.
    pub(crate) fn standing(&mut self, charge: &Charge, now: Time) -> Option<Charged> {
        self.step(Table::Buckets, charge.key, now, |word| match charge.standing(word, now) {
            Some((charged, word)) => (Some(charged), word),
            None => (None, word),
        })
    }

    /// Asks one memo.
    pub(crate) fn ask(&mut self, memo: &Memo, now: Time) -> Remembered {
        self.step(memo.table, memo.key, now, |word| memo.step(word, now))
    }

    fn step<T>(&mut self, table: Table, key: u128, now: Time, take: impl FnOnce(Word) -> (T, Word)) -> T {
        let places = Page::candidates(key, table.pages());
        let pages = self.table(table);
        let (place, slot, known) = find(pages, places, (table, key), now);
        let (outcome, word) = take(known);
        if word != known
            && let Some(page) = pages.get_mut(place)
        {
            page.put(slot, key, word);
        }
        outcome
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

/// The page and slot that a key is to use, with the word that it has there.
fn find(pages: &[Page], places: [u32; 2], (table, key): (Table, u128), now: Time) -> (usize, usize, Word) {
    let places = places.map(|place| usize::try_from(place).unwrap_or(0));
    let page = |place: &usize| pages.get(*place);
    let own = places.iter().find_map(|place| page(place)?.find(key).map(|(slot, word)| (*place, slot, word)));
    let least = || {
        let kept = places.iter().filter_map(|place| page(place).map(|page| (*place, page.least(table, now))));
        kept.min_by_key(|(_, (_, until))| *until).map_or((0, 0), |(place, (slot, _))| (place, slot))
    };
    own.unwrap_or_else(|| {
        let (place, slot) = least();
        (place, slot, Word::default())
    })
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
        let outcomes: Vec<_> = (0..4).map(|_| admitted(store.charge(&charge, NOW))).collect();
        assert_eq!(outcomes, [true, true, true, false]);
        assert!(admitted(store.charge(&charge, Time(NOW.0 + 1_000_000))), "a token came back");
    }

    #[test]
    fn clients_have_buckets_of_their_own() {
        let mut store = Store::new();
        let keys = (1..=1_000_u64).map(|n| u128::from(n) << 64 | u128::from(n.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        let refused = keys.filter(|key| (0..3).any(|_| !admitted(store.charge(&charge(*key), NOW)))).count();
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
    fn a_million_clients_take_no_more_memory() {
        let mut store = Store::new();
        store.charge(&charge(1), NOW);
        let before = store.tables.each_ref().map(Vec::capacity);
        for n in 1..=1_000_000_u128 {
            store.charge(&charge(n.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)), NOW);
        }
        assert_eq!(store.tables.each_ref().map(Vec::capacity), before);
    }
}
