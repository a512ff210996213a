//! The words of limits, in memory.

use outwork_engine::{
    limits::{Charge, Charged, Word},
    time::Time,
};
use std::collections::HashMap;

/// The most buckets that are kept at a time; more clients than that within the time of a limit are let through, and
/// counted.
pub(crate) const MAX_BUCKETS: usize = 1 << 20;

/// The words of all limits of one policy.
#[derive(Debug, Default)]
pub(crate) struct Store {
    words: HashMap<u128, Word, foldhash::fast::FixedState>,
    most: usize,
    /// The instant of the last sweep that freed nothing.
    full_at: Option<Time>,
    /// Charges for which there was no room.
    pub(crate) dropped: u64,
}

impl Store {
    pub(crate) fn new(most: usize) -> Self {
        Self { most, ..Self::default() }
    }

    /// Makes a charge, as a host does.
    pub(crate) fn charge(&mut self, charge: &Charge, now: Time) -> Charged {
        if let Some(word) = self.words.get_mut(&charge.key) {
            let (charged, next) = charge.step(*word, now);
            *word = next;
            return charged;
        }
        if self.words.len() >= self.most && !self.sweep(now) {
            self.dropped += 1;
            return Charged::Unknown;
        }
        let (charged, word) = charge.step(Word::default(), now);
        self.words.insert(charge.key, word);
        charged
    }

    /// Forgets buckets that are full again: they are as those that were never charged. Tells whether there were any.
    fn sweep(&mut self, now: Time) -> bool {
        if self.full_at.is_some_and(|at| now.seconds() <= at.seconds()) {
            return false;
        }
        self.words.retain(|_, word| word.arrival() > now.0);
        let freed = self.words.len() < self.most;
        self.full_at = (!freed).then_some(now);
        freed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use outwork_engine::{limits::Limit, risk::Band};

    fn charge(key: u128) -> Charge {
        let limit =
            Limit { id: "l".into(), key: vec![], burst: 1, interval: 1_000_000, cost: [1; 3], conditional: true };
        limit.charge(0, key, Band::Low)
    }

    fn admitted(charged: Charged) -> Option<bool> {
        match charged {
            Charged::Known(outcome) => Some(outcome.admitted),
            Charged::Unknown => None,
        }
    }

    #[test]
    fn buckets_are_charged_and_forgotten_when_they_are_full_again() {
        let mut store = Store::new(2);
        let at = |micros: u64| Time(10_000_000 + micros);
        assert_eq!(admitted(store.charge(&charge(1), at(0))), Some(true));
        assert_eq!(admitted(store.charge(&charge(1), at(1))), Some(false));
        assert_eq!(admitted(store.charge(&charge(2), at(500_000))), Some(true));
        assert_eq!(admitted(store.charge(&charge(3), at(600_000))), None);
        assert_eq!(store.dropped, 1);
        assert_eq!(admitted(store.charge(&charge(3), at(1_100_000))), Some(true));
        assert_eq!(admitted(store.charge(&charge(2), at(1_100_000))), Some(false));
        assert_eq!(store.words.len(), 2);
    }
}
