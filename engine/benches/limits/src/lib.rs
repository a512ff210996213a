//! What the two programs share: a store of pages in plain memory, stepped as the filter steps Envoy's shared data.

use outwork_engine::{
    limits::{Charge, Charged, Page, Table, Word},
    time::Time,
};

/// Pages in a vector.
pub struct Pages {
    pages: Vec<Page>,
    /// How often a word gave way that still said something.
    pub evicted: u64,
}

impl Pages {
    /// So many of them, empty.
    pub fn new(pages: u32) -> Self {
        Self { pages: vec![Page::default(); pages as usize], evicted: 0 }
    }

    /// Charges a bucket.
    pub fn charge(&mut self, charge: &Charge, now: Time) -> Charged {
        let (place, slot, word) = self.find(charge.key, now);
        let (charged, next) = charge.step(word, now);
        if next != word {
            self.pages[place].put(slot, charge.key, next);
        }
        charged
    }

    /// The same with each page read from bytes and written to bytes, as hosts keep them.
    pub fn charge_in_bytes(stored: &mut [[u8; Page::BYTES]], charge: &Charge, now: Time) -> Charged {
        let pages = u32::try_from(stored.len()).expect("a number of pages");
        let [first, second] = Page::candidates(charge.key, pages).map(|place| place as usize);
        let mut page = Page::from_bytes(&stored[first]);
        let (place, (slot, word)) = match page.find(charge.key) {
            Some(found) => (first, found),
            None => {
                let other = Page::from_bytes(&stored[second]);
                let (own, others) = (page.least(Table::Buckets, now), other.least(Table::Buckets, now));
                let found = other.find(charge.key);
                if found.is_none() && own.1 <= others.1 {
                    (first, (own.0, Word::default()))
                } else {
                    page = other;
                    (second, found.unwrap_or((others.0, Word::default())))
                }
            }
        };
        let (charged, next) = charge.step(word, now);
        if next != word {
            page.put(slot, charge.key, next);
            stored[place] = page.to_bytes();
        }
        charged
    }

    /// How many slots are taken.
    pub fn taken(&self) -> usize {
        self.pages.iter().flat_map(|page| page.0).filter(|slot| slot.tag != 0).count()
    }

    fn find(&mut self, key: u128, now: Time) -> (usize, usize, Word) {
        let pages = u32::try_from(self.pages.len()).expect("a number of pages");
        let [first, second] = Page::candidates(key, pages).map(|place| place as usize);
        for place in [first, second] {
            if let Some((slot, word)) = self.pages[place].find(key) {
                return (place, slot, word);
            }
        }
        let [(own, kept), (others, others_kept)] =
            [first, second].map(|place| self.pages[place].least(Table::Buckets, now));
        let (place, slot, kept) = if kept <= others_kept { (first, own, kept) } else { (second, others, others_kept) };
        self.evicted += u64::from(kept > now.0);
        (place, slot, Word::default())
    }
}

/// A key for a client, spread as the engine's keyed hash spreads them. The mixing is that of SplitMix64 (Steele, Lea, Flood 2014).
pub fn key(client: u64) -> u128 {
    let mix = |seed: u64| {
        let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    let high = mix(client.wrapping_add(0x9e37_79b9_7f4a_7c15));
    u128::from(high) << 64 | u128::from(mix(high ^ client))
}
