//! The states near the root of an automaton over literals, with a place for every byte.
//!
//! A text that matches nothing, as most do, walks among states one or two bytes deep: from almost every byte back
//! through fail links and a list of edges. Here that is one word by state and byte. Bytes on which no state has an edge
//! share a column, and deeper states stay as they are, so that a large list costs little more memory.

use super::literals::{ROOT, Words};
use alloc::{boxed::Box, vec::Vec};

/// The most words that the rows of one automaton may take: 256 KiB. A text walks among few of them, so that it is not the
/// processor's cache that bounds this but what a host may hold.
pub(super) const MOST_WORDS: usize = 1 << 16;

/// A state on the way through a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step(u32);

impl Step {
    const REPORTS: u32 = 1 << 31;
    const DENSE: u32 = 1 << 30;
    const PLACE: u32 = Self::DENSE - 1;

    /// Whether something may be reported here, other than at the end.
    pub(super) fn reports(self) -> bool {
        self.0 & Self::REPORTS != 0
    }
}

/// The rows, and the words of the states that have none.
#[derive(Debug)]
pub(super) struct Dense {
    // INVARIANT: the fail link of a state without a row is a step.
    words: Words,
    columns: Box<[u8; 256]>,
    width: usize,
    // INVARIANT: whole rows of `width`; the first is the root's.
    rows: Vec<Step>,
    // INVARIANT: one for each row, ascending: the state that it is of.
    states: Vec<u32>,
}

impl Dense {
    /// The rows of a verified automaton, in no more than this many words.
    pub(super) fn new(words: Words, most: usize) -> Self {
        let (columns, width) = columns(&words);
        let states: Vec<u32> = [ROOT].into_iter().chain(words.states()).take((most / width).max(1)).collect();
        let rows = Vec::with_capacity(states.len() * width);
        let mut dense = Self { words, columns, width, rows, states };
        dense.rows.resize(width, Step(Step::DENSE));
        for byte in 0..=u8::MAX {
            let target = dense.step_to(dense.words.root(byte));
            dense.set(0, byte, target);
        }
        for row in 1..dense.states.len() {
            dense.add(row);
        }
        let sparse: Vec<u32> = dense.words.states().skip(dense.states.len() - 1).collect();
        for state in sparse {
            let fail = dense.step_to(dense.words.fail(state));
            dense.words.set_fail(state, fail.0);
        }
        dense
    }

    /// The words.
    pub(super) fn words(&self) -> &Words {
        &self.words
    }

    /// A state as a step.
    pub(super) fn step_to(&self, state: u32) -> Step {
        let row = if self.states.last().is_some_and(|&last| state <= last) {
            self.states.binary_search(&state).ok()
        } else {
            None
        };
        let reports = if self.words.reports(state) { Step::REPORTS } else { 0 };
        let place = row.and_then(|row| u32::try_from(row * self.width).ok()).map(|row| row | Step::DENSE);
        Step(place.unwrap_or(state) | reports)
    }

    /// The state that a step is at.
    pub(super) fn state(&self, step: Step) -> u32 {
        let place = step.0 & Step::PLACE;
        if step.0 & Step::DENSE == 0 {
            return place;
        }
        self.states.get(place as usize / self.width.max(1)).copied().unwrap_or(ROOT)
    }

    /// The step after this byte.
    #[inline]
    pub(super) fn next(&self, step: Step, byte: u8) -> Step {
        if step.0 & Step::DENSE == 0 { self.next_of_deep(step, byte) } else { self.in_row(step, byte) }
    }

    /// The step from a state without a row.
    fn next_of_deep(&self, mut step: Step, byte: u8) -> Step {
        while step.0 & Step::DENSE == 0 {
            let state = step.0 & Step::PLACE;
            if let Some(next) = self.words.edge(state, byte) {
                return self.step_to(next);
            }
            step = Step(self.words.fail(state));
        }
        self.in_row(step, byte)
    }

    #[inline]
    fn in_row(&self, step: Step, byte: u8) -> Step {
        let place = (step.0 & Step::PLACE) as usize + self.column(byte);
        self.rows.get(place).copied().unwrap_or(Step(Step::DENSE))
    }

    #[inline]
    fn column(&self, byte: u8) -> usize {
        self.columns.get(usize::from(byte)).copied().map_or(0, usize::from)
    }

    /// The row of a state is that of its fail link, which stands before it, with its own edges.
    fn add(&mut self, row: usize) {
        let state = self.states.get(row).copied().unwrap_or(ROOT);
        let fail = self.states.binary_search(&self.words.fail(state)).unwrap_or(0) * self.width;
        self.rows.extend_from_within(fail..fail + self.width);
        let edges: Vec<(u8, u32)> = self.words.edges(state).collect();
        for (byte, next) in edges {
            let target = self.step_to(next);
            self.set(row, byte, target);
        }
    }

    fn set(&mut self, row: usize, byte: u8, target: Step) {
        let column = self.column(byte);
        if let Some(place) = self.rows.get_mut(row * self.width + column) {
            *place = target;
        }
    }
}

/// A column for each byte that some edge has, and the first for all others.
fn columns(words: &Words) -> (Box<[u8; 256]>, usize) {
    let mut used = [false; 256];
    let from_root = (0..=u8::MAX).filter(|&byte| words.root(byte) != ROOT);
    let others = words.states().flat_map(|state| words.edges(state)).map(|(byte, _)| byte);
    for byte in from_root.chain(others) {
        if let Some(used) = used.get_mut(usize::from(byte)) {
            *used = true;
        }
    }
    let mut columns = Box::new([0; 256]);
    let mut width: usize = 1;
    for (column, _) in columns.iter_mut().zip(used).filter(|(_, used)| *used) {
        // With all 256 bytes in use the last shares the first column's place, which then nobody else has.
        *column = u8::try_from(width).unwrap_or(0);
        width += usize::from(*column != 0);
    }
    (columns, width)
}
