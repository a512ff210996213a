//! Lines that stand for several requests, because only a sample was kept: how many, and how far off a sum of them may be.
//!
//! A line that was kept at a rate π weighs 1/π (Horvitz and Thompson, *A generalization of sampling without replacement*,
//! 1952). Each is kept or not by a hash of its own, so that the variance of a sum is the sum of (1 − π)/π².

use serde::Serialize;
use std::collections::BTreeMap;

/// The rate at which lines like one were kept, in thousandths, as records have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(into = "f64")]
pub struct Rate(
    // INVARIANT: 1 to 1,000.
    u16,
);

/// Requests are summed in millionths, so that the sum is the same in whichever order it is made.
pub(crate) const REQUEST: u64 = 1_000_000;

impl Rate {
    /// Every one is kept.
    pub const ALL: Self = Self(1_000);

    /// As a record writes it: from 0.001 to 1.
    pub fn of(share: f64) -> Option<Self> {
        // What is out of range becomes 0 or the largest number, and neither is a rate.
        let thousandths = (share * 1_000.0).round() as u16;
        (1..=1_000).contains(&thousandths).then_some(Self(thousandths))
    }

    /// The same, of thousandths.
    pub fn of_thousandths(thousandths: u16) -> Option<Self> {
        (1..=1_000).contains(&thousandths).then_some(Self(thousandths))
    }

    /// In thousandths.
    pub fn thousandths(self) -> u16 {
        self.0
    }

    /// How many requests such lines stand for together, and the standard error of that.
    pub fn together(rates: impl IntoIterator<Item = Self>) -> (u64, f64) {
        let mut sum = Sum::default();
        rates.into_iter().for_each(|rate| sum.count(rate));
        (sum.requests(), sum.error())
    }

    /// How many requests a line stands for, in millionths.
    pub(crate) fn weight(self) -> u64 {
        let rate = u64::from(self.0);
        (REQUEST * 1_000 + rate / 2) / rate
    }

    /// (1 − π)/π², in thousandths.
    fn variance(self) -> u64 {
        let rate = u64::from(self.0);
        ((1_000 - rate) * REQUEST + rate * rate / 2) / (rate * rate)
    }
}

impl From<Rate> for f64 {
    fn from(rate: Rate) -> Self {
        Self::from(rate.0) / 1_000.0
    }
}

/// Whole requests, of millionths.
pub(crate) fn requests(millionths: u64) -> u64 {
    (millionths + REQUEST / 2) / REQUEST
}

/// How many requests of one kind there were.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sum {
    millionths: u64,
    // In thousandths.
    variance: u64,
}

impl Sum {
    pub(crate) fn count(&mut self, rate: Rate) {
        self.millionths += rate.weight();
        self.variance += rate.variance();
    }

    pub(crate) fn requests(self) -> u64 {
        requests(self.millionths)
    }

    /// The standard error of the number.
    fn error(self) -> f64 {
        (self.variance as f64 / 1_000.0).sqrt()
    }

    /// The standard error of its share of all: that of the ratio of two sums, of which one is part of the other.
    pub(crate) fn share_error(self, all: Self) -> f64 {
        let whole = all.millionths.max(1) as f64;
        let share = self.millionths as f64 / whole;
        let others = all.variance.saturating_sub(self.variance) as f64;
        let variance = (1.0 - share).powi(2) * self.variance as f64 + share.powi(2) * others;
        (variance / 1_000.0).sqrt() / (whole / REQUEST as f64)
    }
}

impl std::ops::AddAssign for Sum {
    fn add_assign(&mut self, more: Self) {
        self.millionths += more.millionths;
        self.variance += more.variance;
    }
}

impl std::iter::Sum for Sum {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |mut sum, more| {
            sum += more;
            sum
        })
    }
}

/// How many lines there were, and how many of them stand for more than themselves.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Lines {
    pub(crate) all: u64,
    pub(crate) sampled: u64,
}

impl Lines {
    /// The standard error of a share, where it is an estimate.
    pub(crate) fn share_error(self, part: Sum, all: Sum) -> Option<f64> {
        (self.sampled > 0).then(|| part.share_error(all))
    }

    pub(crate) fn count(&mut self, rate: Rate) {
        self.all += 1;
        self.sampled += u64::from(rate < Rate::ALL);
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.all += other.all;
        self.sampled += other.sampled;
    }
}

/// That numbers of requests are estimates: some lines stand for several.
#[derive(Clone, Debug, Serialize)]
pub struct Estimate {
    /// Lines that were read.
    pub lines: u64,
    /// Those that stand for more requests than one.
    pub sampled: u64,
    /// The standard error of the number of requests.
    pub requests_error: f64,
    /// The standard error of each share that is reported, by the name of its number, from 0 to 1.
    pub share_errors: BTreeMap<&'static str, f64>,
}

impl Estimate {
    /// None where every line is one request. `kinds` are parts of all that are reported, by their names.
    pub(crate) fn of(lines: Lines, all: Sum, kinds: impl IntoIterator<Item = (&'static str, Sum)>) -> Option<Self> {
        let share_error = |(name, sum): (&'static str, Sum)| (name, sum.share_error(all));
        (lines.sampled > 0).then(|| Self {
            lines: lines.all,
            sampled: lines.sampled,
            requests_error: all.error(),
            share_errors: kinds.into_iter().map(share_error).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_those_that_records_have() {
        for (share, weight) in [(1.0, 1_000_000), (0.1, 10_000_000), (0.3, 3_333_333), (0.001, 1_000_000_000)] {
            let rate = Rate::of(share).unwrap();
            assert_eq!((f64::from(rate), rate.weight()), (share, weight));
        }
        assert!([0.0, -0.1, 0.0004, 1.001, 65.0, f64::NAN, f64::INFINITY].map(Rate::of).iter().all(Option::is_none));
        // Of ten at one tenth one was kept: ten, and √(0.9 / 0.01) about it.
        let (requests, error) = Rate::together([Rate::of(0.1).unwrap(), Rate::ALL]);
        assert_eq!((requests, format!("{error:.2}")), (11, "9.49".into()));
    }

    #[test]
    fn estimates_are_right_on_the_mean_and_as_far_off_as_they_say() {
        let mut dice = 7_u64;
        let mut die = move || {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (dice >> 33) % 1_000
        };
        // Of 2,000 requests 300 are of a kind; half of that kind and all others are kept at one tenth.
        let (mut off, mut squares, runs) = (0.0, 0.0, 400);
        for _ in 0..runs {
            let (mut kind, mut all) = (Sum::default(), Sum::default());
            for request in 0..2_000 {
                let rate = if request < 150 { Rate::ALL } else { Rate::of(0.1).unwrap() };
                if die() < rate.thousandths().into() {
                    all.count(rate);
                    if request < 300 {
                        kind.count(rate);
                    }
                }
            }
            let share = kind.millionths as f64 / all.millionths as f64;
            let errors = (share - 0.15) / kind.share_error(all);
            off += errors / f64::from(runs);
            squares += errors * errors / f64::from(runs);
        }
        assert!(off.abs() < 0.2 && (0.8..1.25).contains(&squares), "{off} {squares}");
    }

    #[test]
    fn what_is_not_sampled_has_no_error() {
        let mut sum = Sum::default();
        (0..3).for_each(|_| sum.count(Rate::ALL));
        assert_eq!((sum.requests(), sum.error(), sum.share_error(sum)), (3, 0.0, 0.0));
        assert_eq!(Sum::default().share_error(Sum::default()), 0.0);
        assert!(Estimate::of(Lines { all: 3, sampled: 0 }, sum, []).is_none());
    }
}
