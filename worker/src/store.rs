//! Where the words of rate limits are kept: a table of fixed size in this isolate's memory.
//!
//! Cloudflare runs many isolates, and ends them as it likes. A bucket here counts what one isolate has seen, so a limit
//! of scope `local` admits at most its burst and refill times the number of isolates that serve the client.

use outwork_engine::{
    limits::{Charge, Charged, Slot, choose},
    time::Time,
};

/// 24 bytes each: 1.5 MiB of an isolate's 128 MB.
const SLOTS: u32 = 1 << 16;

/// The table. It never grows, whatever clients send.
pub(crate) struct Store {
    slots: Vec<Slot>,
}

impl Store {
    /// An empty table.
    pub(crate) fn new() -> Self {
        Self { slots: (0..SLOTS).map(|_| Slot::default()).collect() }
    }

    /// Charges one bucket.
    pub(crate) fn charge(&mut self, charge: &Charge, now: Time) -> Charged {
        let places = Slot::candidates(charge.key, SLOTS);
        let [first, second] = places.map(|place| self.at(place));
        let (chosen, word) = choose(charge.key, first, second, now);
        let (charged, word) = charge.step(word, now);
        let [first, second] = places;
        self.put(if chosen == 0 { first } else { second }, Slot { tag: Slot::tag_of(charge.key), word });
        charged
    }

    fn at(&self, place: u32) -> Slot {
        usize::try_from(place).ok().and_then(|at| self.slots.get(at)).copied().unwrap_or_default()
    }

    fn put(&mut self, place: u32, slot: Slot) {
        if let Some(stored) = usize::try_from(place).ok().and_then(|at| self.slots.get_mut(at)) {
            *stored = slot;
        }
    }
}
