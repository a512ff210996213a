//! The words of limits, in memory.

use outwork_engine::{
    limits::{Charge, Charged, Word},
    time::Time,
};
use std::collections::HashMap;

/// The most buckets that are kept at a time; more clients than that within the time of a limit are let through, and
/// counted.
pub(crate) const MAX_BUCKETS: usize = 1 << 20;

/// A line that is older by more than this, in microseconds, is out of order: a log is written when answers end, and few
/// requests take a minute.
const LATE: u64 = 60_000_000;

/// The words of all limits of one policy, and the clock by which they are charged.
///
/// A bucket that is charged at an earlier instant than before looks emptier than it was. So the clock never goes back:
/// an older line is charged at the latest instant that was seen. Only a file that begins before the end of the one
/// before it begins anew, with a clock of its own and full buckets.
#[derive(Debug, Default)]
pub(crate) struct Store {
    words: HashMap<u128, Word, foldhash::fast::FixedState>,
    most: usize,
    clock: Option<Clock>,
    /// Lines that were older by more than a minute than one before them in their file.
    pub(crate) late: u64,
    /// Files that began before the end of the one before them.
    pub(crate) restarts: u64,
    /// The instant of the last sweep that freed nothing.
    full_at: Option<Time>,
    /// Charges for which there was no room.
    pub(crate) dropped: u64,
}

impl Store {
    pub(crate) fn new(most: usize) -> Self {
        Self { most, ..Self::default() }
    }

    /// Sets the clock by a line of a file, and tells the instant at which the line is charged.
    pub(crate) fn at(&mut self, file: usize, time: Time) -> Time {
        let known = self.clock.filter(|clock| clock.file == file || !clock.is_late(time));
        if self.clock.is_some() && known.is_none() {
            self.restarts += 1;
            self.words.clear();
            self.full_at = None;
        }
        self.late += u64::from(known.is_some_and(|clock| clock.is_late(time)));
        let latest = Time(known.map_or(time.0, |clock| clock.latest.0.max(time.0)));
        self.clock = Some(Clock { file, latest });
        latest
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

    /// Forgets buckets that are full again and whose terms are over: they are nearly as those that were never charged. Tells whether there were any.
    fn sweep(&mut self, now: Time) -> bool {
        if self.full_at.is_some_and(|at| now.seconds() <= at.seconds()) {
            return false;
        }
        self.words.retain(|_, word| word.arrival().max(word.term()) > now.0);
        let freed = self.words.len() < self.most;
        self.full_at = (!freed).then_some(now);
        freed
    }
}

/// The latest instant of a file and of those that led up to it.
#[derive(Clone, Copy, Debug)]
struct Clock {
    file: usize,
    latest: Time,
}

impl Clock {
    fn is_late(&self, time: Time) -> bool {
        time.0.saturating_add(LATE) < self.latest.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use outwork_engine::{
        limits::{Limit, Mercy},
        risk::Band,
    };

    fn charge(key: u128) -> Charge {
        Limit::default().charge(0, key, Band::Low, Mercy::None)
    }

    fn admitted(charged: Charged) -> Option<bool> {
        match charged {
            Charged::Known(outcome) => Some(outcome.admitted()),
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

    #[test]
    fn time_that_goes_back_refuses_nobody() {
        let mut store = Store::new(2);
        let minutes = |minutes: u64| Time(minutes * 60_000_000);
        assert_eq!((store.at(0, minutes(10)), store.at(0, minutes(20))), (minutes(10), minutes(20)));
        assert_eq!(admitted(store.charge(&charge(1), minutes(20))), Some(true));
        assert_eq!((store.at(0, Time(minutes(20).0 - 1)), store.late), (minutes(20), 0));
        assert_eq!((store.at(0, minutes(5)), store.late), (minutes(20), 1));
        assert_eq!((store.at(1, minutes(20)), store.restarts, store.words.len()), (minutes(20), 0, 1));
        assert_eq!((store.at(2, minutes(7)), store.restarts, store.words.len()), (minutes(7), 1, 0));
        assert_eq!((store.at(2, minutes(8)), store.late), (minutes(8), 1));
    }
}
