//! Counting what comes from outside, within bounds.

use crate::Rate;
use outwork_engine::decision::Verdict;
use std::{borrow::Borrow, collections::HashMap, hash::Hash};

/// How many requests had each verdict, in millionths: allow, tag, throttle, challenge, block.
pub(crate) type Verdicts = [u64; KINDS];

/// How many verdicts there are.
pub(crate) const KINDS: usize = Verdict::ALL.len();

/// Counts a line, by how many requests it stands for.
pub(crate) fn count(verdicts: &mut Verdicts, verdict: Verdict, rate: Rate) {
    if let Some(number) = verdicts.get_mut(verdict as usize) {
        *number += rate.weight();
    }
}

pub(crate) fn add<const N: usize>(sum: &mut [u64; N], more: &[u64; N]) {
    sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
}

/// Numbers by a key. What comes after `MOST` different keys is counted together, so that no log fills the memory.
#[derive(Clone, Debug)]
pub(crate) struct Table<K, const N: usize> {
    // INVARIANT: each a place in `rows`.
    places: HashMap<K, usize, foldhash::fast::FixedState>,
    rows: Vec<[u64; N]>,
    others: [u64; N],
}

/// The most keys of a table.
const MOST: usize = 1 << 20;

impl<K, const N: usize> Default for Table<K, N> {
    fn default() -> Self {
        Self { places: HashMap::default(), rows: Vec::new(), others: [0; N] }
    }
}

impl<K: Clone + Eq + Hash + Ord, const N: usize> Table<K, N> {
    /// The numbers of a key, which is made when it is new.
    pub(crate) fn row<Q>(&mut self, key: &Q, own: impl FnOnce() -> K) -> &mut [u64; N]
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        let known = self.places.get(key).copied();
        let place = match known {
            None if self.rows.len() < MOST => {
                self.places.insert(own(), self.rows.len());
                self.rows.push([0; N]);
                self.rows.len() - 1
            }
            known => known.unwrap_or(usize::MAX),
        };
        self.rows.get_mut(place).unwrap_or(&mut self.others)
    }

    pub(crate) fn merge(&mut self, other: Self) {
        add(&mut self.others, &other.others);
        for (key, place) in other.places {
            let numbers = other.rows.get(place).copied().unwrap_or([0; N]);
            add(self.row::<K>(&key.clone(), || key), &numbers);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    fn rows(&self) -> impl Iterator<Item = (&K, &[u64; N])> {
        self.places.iter().filter_map(|(key, place)| Some((key, self.rows.get(*place)?)))
    }

    /// Every row, by key.
    pub(crate) fn sorted(&self) -> Vec<(&K, &[u64; N])> {
        let mut rows: Vec<_> = self.rows().collect();
        rows.sort_unstable_by(|one, other| one.0.cmp(other.0));
        rows
    }

    /// The rows with the largest weights above 0; among equals by key, so that every run gives the same.
    pub(crate) fn top(&self, most: usize, weight: impl Fn(&[u64; N]) -> u64) -> Vec<(&K, &[u64; N])> {
        let mut rows: Vec<_> = self.rows().filter(|(_, numbers)| weight(numbers) > 0).collect();
        rows.sort_unstable_by(|one, other| (weight(other.1), one.0).cmp(&(weight(one.1), other.0)));
        rows.truncate(most);
        rows
    }
}
