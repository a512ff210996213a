//! Regular expressions as a table: one step a byte, whatever is looked for.
//!
//! The compiler determinises expressions and writes what is left to do: states by columns of bytes, and which atoms
//! hold once a state is entered, or when the text ends there. Several expressions may share a table.

use super::error::ConditionsError;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// The most words that the table of one automaton has: 1 MiB.
pub const MOST_WORDS: usize = 1 << 19;

/// A deterministic automaton, as the bundle carries it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Automaton {
    /// The column of each of the 256 bytes.
    pub columns: Vec<u8>,
    /// How many columns there are.
    pub width: u16,
    /// Where each state goes, a row of columns a state. At state 0 the search ends: nothing more can be found.
    pub next: Vec<u16>,
    /// The state at the beginning of the text.
    pub start: u16,
    /// The states from this one on, which is not state 0, report a set when they are entered.
    pub reporting: u16,
    /// Those sets, by their place in `sets`.
    pub entered: Vec<u16>,
    /// The set that each state reports when the text ends in it.
    pub ended: Vec<u16>,
    /// Sets of atoms. The first is empty.
    pub sets: Vec<Vec<u32>>,
}

impl Automaton {
    /// Calls `hit` with every atom whose expression matches somewhere in the text, some of them more than once.
    pub(super) fn search(&self, text: &[u8], mut hit: impl FnMut(u32)) {
        let mut state = self.start;
        for &byte in text {
            state = self.step(state, byte);
            // One comparison for both: state 0 becomes the largest number.
            if state.wrapping_sub(1) >= self.reporting.wrapping_sub(1) {
                if state == 0 {
                    return;
                }
                self.report(self.entered.get(usize::from(state - self.reporting)), &mut hit);
            }
        }
        self.report(self.ended.get(usize::from(state)), &mut hit);
    }

    /// How many bytes it takes in memory, but for its sets.
    pub fn bytes(&self) -> usize {
        self.columns.len() + 2 * (self.next.len() + self.entered.len() + self.ended.len())
    }

    fn step(&self, state: u16, byte: u8) -> u16 {
        let column = self.columns.get(usize::from(byte)).copied().unwrap_or(0);
        let place = usize::from(state) * usize::from(self.width) + usize::from(column);
        self.next.get(place).copied().unwrap_or(0)
    }

    fn report(&self, set: Option<&u16>, hit: &mut impl FnMut(u32)) {
        let set = set.and_then(|&set| self.sets.get(usize::from(set)));
        set.into_iter().flatten().for_each(|&atom| hit(atom));
    }

    /// Verifies it; `is_atom` says which atoms it may report.
    pub(super) fn check(&self, is_atom: impl Fn(u32) -> bool) -> Result<(), ConditionsError> {
        let (width, states) = (usize::from(self.width), self.ended.len());
        let is_state = |state: &u16| usize::from(*state) < states;
        let is_set = |set: &u16| usize::from(*set) < self.sets.len();
        let sound = self.columns.len() == 256
            && self.columns.iter().all(|&column| usize::from(column) < width)
            && self.next.len() <= MOST_WORDS
            && states.checked_mul(width) == Some(self.next.len())
            && self.next.iter().all(is_state)
            && is_state(&self.start)
            && self.reporting > 0
            && usize::from(self.reporting) + self.entered.len() == states
            && self.entered.iter().chain(&self.ended).all(is_set)
            && self.sets.first().is_some_and(Vec::is_empty)
            && self.sets.iter().flatten().all(|&atom| is_atom(atom));
        if sound { Ok(()) } else { Err(ConditionsError::Pattern) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use proptest::prelude::*;

    /// `ab`, or an `a` at the end, as atoms 0 and 1.
    fn automaton() -> Automaton {
        let mut columns = vec![0; 256];
        columns[usize::from(b'a')] = 1;
        columns[usize::from(b'b')] = 2;
        Automaton {
            columns,
            width: 3,
            // The end, nothing seen, an `a`, `ab`.
            next: vec![0, 0, 0, 1, 2, 1, 1, 2, 3, 1, 2, 1],
            start: 1,
            reporting: 3,
            entered: vec![1],
            ended: vec![0, 0, 2, 0],
            sets: vec![vec![], vec![0], vec![1]],
        }
    }

    fn search(automaton: &Automaton, text: &[u8]) -> Vec<u32> {
        let mut hits = Vec::new();
        automaton.search(text, |atom| hits.push(atom));
        hits
    }

    #[test]
    fn reports_on_the_way_and_at_the_end() {
        let automaton = automaton();
        automaton.check(|atom| atom < 2).unwrap();
        for (text, hits) in [("", vec![]), ("xabx", vec![0]), ("aab-a", vec![0, 1]), ("ba", vec![1]), ("b", vec![])] {
            assert_eq!(search(&automaton, text.as_bytes()), hits, "{text}");
        }
        assert!(automaton.check(|atom| atom < 1).is_err());
    }

    proptest! {
        #[test]
        fn a_damaged_table_is_refused_or_harmless(
            at in any::<prop::sample::Index>(), word in 0_u16..6, which in 0..8, text in prop::collection::vec(prop::sample::select(b"ab\xff".to_vec()), 0..9),
        ) {
            let mut damaged = automaton();
            match which {
                0 => { let at = at.index(256); damaged.columns[at] = word as u8; }
                1 => { let at = at.index(12); damaged.next[at] = word; }
                2 => damaged.width = word,
                3 => damaged.start = word,
                4 => damaged.reporting = word,
                5 => damaged.entered[0] = word,
                6 => { let at = at.index(4); damaged.ended[at] = word; }
                _ => { damaged.sets.truncate(usize::from(word)); }
            }
            if damaged.check(|atom| atom < 2).is_ok() {
                prop_assert!(search(&damaged, &text).iter().all(|&atom| atom < 2));
            }
        }
    }
}
