//! How far the requests that a model scores have drifted from those that it was trained on: the population stability index
//! of each input, Σ (p − q) · ln(p ⁄ q) over its bins, where p is the share of requests in a bin and q that of training rows.
//!
//! Half a row is added to each bin, on both sides: a bin that one side never saw is a large difference, and not an infinite
//! one. Customary readings: below 0.1 alike, from 0.25 on another population. Without any drift the index of n requests is
//! about (bins − 1) ⁄ n: a few hundred requests say little.

use super::{Binned, MAX_BINS, MAX_INPUTS, Model};
use alloc::{boxed::Box, vec};

/// How many bits of a logarithm to base 2, and of a share, stand behind the point.
const POINT: u32 = 16;

/// ln 2, with as many bits.
const LN_2: i64 = 45_426;

/// How often each bin of each input was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts {
    // INVARIANT: one for each bin of each input that there can be.
    seen: Box<[[u32; MAX_BINS]]>,
    rows: u32,
}

impl Default for Counts {
    fn default() -> Self {
        Self { seen: vec![[0; MAX_BINS]; MAX_INPUTS].into_boxed_slice(), rows: 0 }
    }
}

impl Counts {
    /// Counts the bins of one request. After four billion of them, no more are counted.
    pub fn add(&mut self, binned: &Binned) {
        let Some(rows) = self.rows.checked_add(1) else { return };
        self.rows = rows;
        for (seen, bin) in self.seen.iter_mut().zip(binned.bins()) {
            seen.get_mut(usize::from(*bin)).into_iter().for_each(|count| *count += 1);
        }
    }

    /// Adds what another host counted.
    pub fn merge(&mut self, other: &Self) {
        self.rows = self.rows.saturating_add(other.rows);
        for (seen, others) in self.seen.iter_mut().zip(&other.seen) {
            seen.iter_mut().zip(others).for_each(|(count, other)| *count = count.saturating_add(*other));
        }
    }

    /// How many requests were counted.
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// Halves all counts, rounded down: what is counted from here on weighs more than what was before.
    pub fn halve(&mut self) {
        self.rows /= 2;
        self.seen.iter_mut().flatten().for_each(|count| *count /= 2);
    }

    /// The population stability index of an input of the model whose bins were counted, in thousandths. None while nothing
    /// was, and where the model does not know its shares: one that was imported without rows has zeros.
    pub fn index(&self, model: &Model, input: usize) -> Option<u32> {
        let shares = model.shares(input);
        let is_known = self.rows > 0 && shares.iter().any(|share| *share > 0);
        self.seen.get(input).filter(|_| is_known).map(|seen| index(seen, shares))
    }
}

/// Of two sets of counts, which need not have the same sum.
fn index(seen: &[u32], trained: &[u16]) -> u32 {
    let pairs = seen.iter().zip(trained).map(|(seen, trained)| (halves(*seen), halves((*trained).into())));
    let (all_seen, all_trained) = pairs.clone().fold((0, 0), |(seen, trained), pair| (seen + pair.0, trained + pair.1));
    let parts = pairs.map(|(seen, trained)| {
        let logarithm = log2(seen) - log2(all_seen) - log2(trained) + log2(all_trained);
        (share(seen, all_seen) - share(trained, all_trained)) * logarithm
    });
    // Shares and logarithms have 16 bits behind the point each, and so does ln 2.
    let thousandths = ((parts.sum::<i64>() >> POINT) * LN_2 * 1_000) >> (2 * POINT);
    u32::try_from(thousandths.max(0)).unwrap_or(u32::MAX)
}

/// A count and half a row, in halves of rows.
fn halves(count: u32) -> u64 {
    2 * u64::from(count) + 1
}

fn share(part: u64, all: u64) -> i64 {
    i64::try_from((part << POINT) / all.max(1)).unwrap_or(i64::MAX)
}

/// The logarithm to base 2: its whole part, and then a bit for each squaring of what is left.
fn log2(number: u64) -> i64 {
    let whole = number.max(1).ilog2();
    // Between 1 and 2, with 31 bits behind the point.
    let mut rest = if whole > 31 { number >> (whole - 31) } else { number << (31 - whole) };
    let mut logarithm = i64::from(whole);
    for _ in 0..POINT {
        rest = (rest * rest) >> 31;
        let bit = rest >> 32;
        rest >>= bit;
        logarithm = logarithm << 1 | i64::from(bit == 1);
    }
    logarithm
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    /// The formula as it is written.
    fn slow(seen: &[u32], trained: &[u16]) -> f64 {
        let seen: Vec<f64> = seen.iter().map(|count| f64::from(*count) + 0.5).collect();
        let trained: Vec<f64> = trained.iter().map(|count| f64::from(*count) + 0.5).collect();
        let (all, base): (f64, f64) = (seen.iter().sum(), trained.iter().sum());
        let of = |(p, q): (f64, f64)| (p - q) * libm::log(p / q);
        1_000.0 * seen.iter().zip(&trained).map(|(p, q)| of((p / all, q / base))).sum::<f64>()
    }

    proptest! {
        #[test]
        fn whole_numbers_give_the_formula(bins in prop::collection::vec((0..50_000_000_u32, 0..1_040_u16), 1..=63)) {
            let (seen, trained): (Vec<_>, Vec<_>) = bins.into_iter().unzip();
            let (fast, slow) = (f64::from(index(&seen, &trained)), slow(&seen, &trained));
            prop_assert!((fast - slow).abs() <= 3.0 + slow * 0.002, "{fast} is not {slow}");
        }
    }

    #[test]
    fn what_is_alike_has_no_index_and_what_is_not_has_one() {
        assert_eq!(index(&[100, 200, 700], &[1_000, 2_000, 7_000]), 0);
        // (0.9 − 0.5) · ln 1.8 + (0.1 − 0.5) · ln 0.2 = 0.8789.
        assert!((876..=879).contains(&index(&[90_000, 10_000], &[30_000, 30_000])));
        assert!(index(&[0, 1_000_000], &[65_535, 0]) > 10_000);
        assert_eq!(index(&[], &[]), 0);
    }

    #[test]
    fn counts_add_up() {
        let mut bins = [0; MAX_INPUTS];
        (bins[0], bins[1]) = (3, 62);
        let (mut one, mut two) = (Counts::default(), Counts::default());
        one.add(&Binned::of(bins));
        two.add(&Binned::of(bins));
        two.add(&Binned::of([0; MAX_INPUTS]));
        one.merge(&two);
        assert_eq!((one.rows(), one.seen[0][3], one.seen[1][62], one.seen[1][0]), (3, 2, 2, 1));
        one.halve();
        assert_eq!((one.rows(), one.seen[0][3], one.seen[1][62], one.seen[1][0]), (1, 1, 1, 0));
    }
}
