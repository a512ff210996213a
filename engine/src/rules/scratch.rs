//! Memory that one evaluation leaves to the next.

use super::{bits::Bits, program::Answer};
use crate::{model::Opinions, recall::Recall, signals::Agents};
use alloc::vec::Vec;

/// Memory that one evaluation leaves to the next, so that a request allocates nothing that grows with the policy.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(super) truth: Bits,
    pub(super) known: Bits,
    pub(super) candidates: Bits,
    pub(super) holds: Bits,
    pub(super) lowered: Vec<u8>,
    pub(super) hits: Vec<u32>,
    /// The lines of a header, joined.
    pub(super) joined: Vec<u8>,
    pub(super) found: Vec<u32>,
    /// What automata found in texts that came before.
    pub(super) searches: Recall<Vec<u32>>,
    /// The user agents that came before.
    pub(crate) agents: Agents,
    /// What models said before.
    pub(crate) opinions: Opinions,
}

impl Scratch {
    /// Whether condition `index` holds in the request evaluated last.
    pub fn holds(&self, index: usize) -> bool {
        self.holds.get(index)
    }

    /// The conditions below `end` that hold in the request evaluated last, in order.
    pub fn holding(&self, end: usize) -> impl Iterator<Item = usize> + '_ {
        self.holds.ones().take_while(move |&index| index < end)
    }

    /// What atom `index` said of the request evaluated last.
    pub fn answer(&self, index: usize) -> Answer {
        Answer::of(self.truth.get(index), self.known.get(index))
    }

    pub(super) fn reset(&mut self, atoms: usize, conditions: usize) {
        self.truth.reset(atoms);
        self.known.reset(atoms);
        self.candidates.reset(conditions);
        self.holds.reset(conditions);
    }

    /// Forgets the answers of some atoms.
    pub(super) fn forget(&mut self, start: usize, end: usize) {
        self.truth.clear(start, end);
        self.known.clear(start, end);
    }

    pub(super) fn tell(&mut self, atom: usize, answer: Answer) {
        if answer != Answer::Unknown {
            self.known.set(atom);
        }
        if answer == Answer::True {
            self.truth.set(atom);
        }
    }
}
