//! A circuit breaker: a store that is gone shall cost no request its timeout twice.

use crate::time::Time;

/// How long a store is left alone after a failure; doubled with every further one.
const PAUSE: u64 = 250_000;

/// The longest pause: a store that is back is used again within it.
const MAX_PAUSE: u64 = 1_000_000;

/// How many answers in a row may be late before a store counts as gone: one that is busy now and then is not.
const PATIENCE: u32 = 3;

/// Whether a store elsewhere is asked. Closed at first; a failure opens it for a while, then one request finds out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Breaker {
    /// Answers that did not come in time, since the last one that came.
    late: u32,
    failures: u32,
    /// Until when nobody asks.
    until: u64,
}

impl Breaker {
    /// Whether to ask now. The first to ask after a pause does so for all: nobody else may until it has an answer, or another
    /// pause is over.
    pub fn allows(&mut self, now: Time) -> bool {
        // A clock that was set back lengthens no pause.
        self.until = self.until.min(now.0.saturating_add(MAX_PAUSE));
        if self.failures == 0 {
            return true;
        }
        let over = now.0 >= self.until;
        if over {
            self.until = now.0.saturating_add(self.pause());
        }
        over
    }

    /// The store answered.
    pub fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// It did not in time. Each who waited for it has waited once, so it is tried a few times more.
    pub fn late(&mut self, now: Time) {
        self.late = self.late.saturating_add(1);
        if self.is_open() || self.late >= PATIENCE {
            self.failed(now);
        }
    }

    /// It cannot be reached, or what it says is no answer.
    pub fn failed(&mut self, now: Time) {
        self.failures = self.failures.saturating_add(1);
        self.until = now.0.saturating_add(self.pause());
    }

    /// Whether it is open: requests go without the store.
    pub fn is_open(&self) -> bool {
        self.failures > 0
    }

    fn pause(&self) -> u64 {
        PAUSE.saturating_mul(1 << self.failures.saturating_sub(1).min(8)).min(MAX_PAUSE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(breaker: &mut Breaker, millis: &[u64]) -> alloc::vec::Vec<bool> {
        millis.iter().map(|millis| breaker.allows(Time(millis * 1_000))).collect()
    }

    #[test]
    fn a_failure_is_found_out_by_one_request_at_a_time() {
        let mut breaker = Breaker::default();
        assert_eq!(asked(&mut breaker, &[0, 0, 0]), [true, true, true]);
        breaker.failed(Time(0));
        assert_eq!(asked(&mut breaker, &[0, 249, 250, 251, 499, 500]), [false, false, true, false, false, true]);
        breaker.failed(Time(500_000));
        assert_eq!(asked(&mut breaker, &[999, 1_000]), [false, true]);
        breaker.succeeded();
        assert_eq!(asked(&mut breaker, &[1_000, 1_000]), [true, true]);
    }

    #[test]
    fn a_store_that_is_late_now_and_then_is_not_gone() {
        let mut breaker = Breaker::default();
        for _ in 0..5 {
            breaker.late(Time(0));
            breaker.late(Time(0));
            assert!(!breaker.is_open());
            breaker.succeeded();
        }
        for _ in 0..3 {
            breaker.late(Time(0));
        }
        assert_eq!(asked(&mut breaker, &[249, 250]), [false, true]);
        breaker.late(Time(270_000));
        assert_eq!(asked(&mut breaker, &[769, 770]), [false, true], "who found out was late, too");
    }

    #[test]
    fn no_pause_is_longer_than_a_second_whatever_the_clock_does() {
        let mut breaker = Breaker::default();
        for _ in 0..1_000 {
            breaker.failed(Time(5_000_000_000));
        }
        assert_eq!(asked(&mut breaker, &[5_000_999, 5_001_000]), [false, true]);
        breaker.failed(Time(5_001_000_000));
        assert_eq!(asked(&mut breaker, &[1_000, 1_999, 2_000]), [false, false, true]);
    }
}
