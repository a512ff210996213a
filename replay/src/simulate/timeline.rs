//! Counts over time, in a bounded number of steps however long a log is.

use super::{ASKED, Asked};
use crate::count::add;
use std::collections::BTreeMap;

/// The lengths of a step that counts are kept by, in seconds; each divides the next.
const KEPT: [u64; 6] = [1, 10, 60, 600, 3_600, 86_400];
/// The most steps that are kept; there are longer ones then.
const MOST_KEPT: usize = 4_096;
/// The lengths of a step that is shown, in seconds.
const SHOWN: [u64; 17] = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400];
/// The most steps that are shown: as many as a page has room for.
const MOST_SHOWN: u64 = 96;

/// The charges of a limit over time.
#[derive(Clone, Debug, Default)]
pub(super) struct Timeline {
    /// The place of the kept length.
    length: usize,
    // By the seconds at which a step begins.
    steps: BTreeMap<u64, [u64; ASKED]>,
}

impl Timeline {
    pub(super) fn note(&mut self, seconds: u64, asked: Asked) {
        let begins = self.begins(seconds);
        if let Some(number) = self.steps.entry(begins).or_default().get_mut(asked as usize) {
            *number += 1;
        }
        self.shrink();
    }

    /// The result does not depend on who counted what: the length is the least with which all steps are few enough.
    pub(super) fn merge(&mut self, other: &Self) {
        if other.length > self.length {
            self.lengthen(other.length);
        }
        for (begins, counts) in &other.steps {
            add(self.steps.entry(self.begins(*begins)).or_default(), counts);
        }
        self.shrink();
    }

    /// The time that this covers: when the first step begins, and the last one.
    pub(super) fn span(&self) -> Option<(u64, u64)> {
        Some((*self.steps.first_key_value()?.0, *self.steps.last_key_value()?.0))
    }

    /// The counts in steps of this length, which [`shown`] gave: when each begins, without those in which nothing was.
    pub(super) fn by(&self, length: u64) -> Vec<(u64, [u64; ASKED])> {
        let mut steps: BTreeMap<u64, [u64; ASKED]> = BTreeMap::new();
        for (begins, counts) in &self.steps {
            add(steps.entry(begins - begins % length.max(1)).or_default(), counts);
        }
        steps.into_iter().collect()
    }

    fn begins(&self, seconds: u64) -> u64 {
        seconds - seconds % KEPT.get(self.length).copied().unwrap_or(1)
    }

    fn shrink(&mut self) {
        while self.steps.len() > MOST_KEPT && self.length + 1 < KEPT.len() {
            self.lengthen(self.length + 1);
        }
    }

    fn lengthen(&mut self, length: usize) {
        self.length = length;
        for (begins, counts) in std::mem::take(&mut self.steps) {
            add(self.steps.entry(self.begins(begins)).or_default(), &counts);
        }
    }
}

/// How long a step is in which this time is shown, in seconds.
pub(super) fn shown((first, last): (u64, u64)) -> u64 {
    let fits = |length: &u64| (last - last % length).saturating_sub(first - first % length) / length < MOST_SHOWN;
    let days = last.saturating_sub(first).div_ceil(MOST_SHOWN - 1).div_ceil(86_400);
    SHOWN.into_iter().find(fits).unwrap_or(days.max(1) * 86_400)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_log_has_longer_steps_and_loses_nothing() {
        let mut all = Timeline::default();
        let mut halves = [Timeline::default(), Timeline::default()];
        for minute in 0..10_000 {
            all.note(1_795_305_600 + minute * 60, Asked::Block);
            halves[usize::from(minute >= 3_000)].note(1_795_305_600 + minute * 60, Asked::Block);
        }
        let [mut first, second] = halves;
        first.merge(&second);
        let length = shown(all.span().unwrap());
        assert_eq!(length, 7_200);
        assert_eq!(all.by(length), first.by(length));
        assert_eq!(all.by(length).iter().map(|(_, counts)| counts.iter().sum::<u64>()).sum::<u64>(), 10_000);
        assert!(all.by(length).len() <= 96 && all.by(length)[0] == (1_795_305_600, [0, 0, 0, 0, 120]));
    }

    #[test]
    fn a_step_is_as_long_as_it_must_be() {
        let spans = [(5, 5), (0, 95), (0, 96), (0, 3_600), (0, 86_400), (0, 400 * 86_400)];
        assert_eq!(spans.map(shown), [1, 1, 2, 60, 1_200, 432_000]);
    }
}
