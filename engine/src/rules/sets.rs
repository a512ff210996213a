//! The sets and automata that tests refer to, verified.

use super::{
    automaton::Automaton,
    conditions::Field,
    error::ConditionsError,
    literals::Literals,
    segments::Segments,
    strings::Strings,
    wire::{self, Atom, Test},
};
use crate::{ranges::Ranges, signals::Value};
use alloc::vec::Vec;
use core::net::IpAddr;

/// What tests name by its place.
#[derive(Debug, Default)]
pub(super) struct Sets {
    pub(super) ranges: usize,
    pub(super) segments: Segments,
    pub(super) strings: Vec<Strings>,
    pub(super) numbers: Vec<Vec<i64>>,
    pub(super) literals: Vec<Literals>,
    pub(super) automata: Vec<Automaton>,
}

impl Sets {
    /// Verifies sets; the automata need the atoms and come after.
    pub(super) fn load(sets: wire::Sets) -> Result<Self, ConditionsError> {
        let sound = sets.ranges.iter().all(Ranges::is_sound)
            && sets.strings.iter().all(Strings::is_sound)
            && sets.numbers.iter().all(|numbers| numbers.is_sorted());
        if !sound {
            return Err(ConditionsError::List);
        }
        Ok(Self {
            ranges: sets.ranges.len(),
            segments: Segments::new(&sets.ranges).ok_or(ConditionsError::Overlaps)?,
            strings: sets.strings,
            numbers: sets.numbers,
            literals: Vec::new(),
            automata: Vec::new(),
        })
    }

    /// The atoms that automata find true of a text that is searched as this field is; `hits` is theirs to work in.
    pub(super) fn search(&self, field: &Field, atoms: &[Atom], text: &[u8], hits: &mut Vec<u32>, found: &mut Vec<u32>) {
        hits.clear();
        found.clear();
        if let Some(literals) = field.literals.and_then(|at| self.literals.get(at)) {
            literals.search(text, |atom| hits.push(atom));
        }
        // What a literal makes possible takes a search of its own, and one is enough.
        hits.sort_unstable();
        hits.dedup();
        for &atom in &*hits {
            match atoms.get(atom as usize).map(|atom| &atom.test) {
                Some(Test::Matches(at)) => self.run(*at, text, found),
                _ => found.push(atom),
            }
        }
        field.automata.iter().for_each(|&at| self.run(at, text, found));
    }

    /// Whether a search of this field goes through its whole text.
    pub(super) fn takes_long(&self, field: &Field) -> bool {
        let literals = field.literals.and_then(|at| self.literals.get(at));
        !field.automata.is_empty() || literals.is_some_and(|literals| !literals.is_skimmed())
    }

    fn run(&self, automaton: u32, text: &[u8], found: &mut Vec<u32>) {
        if let Some(automaton) = self.automata.get(automaton as usize) {
            automaton.search(text, |atom| found.push(atom));
        }
    }

    /// The lists that an address is in.
    pub(super) fn lists_of(&self, address: IpAddr) -> impl Iterator<Item = usize> + '_ {
        self.segments.of(address).lists()
    }

    /// Whether a test of a known value, which is in these lists, holds; those that automata answer do not hold here.
    pub(super) fn holds(&self, test: &Test, value: Value<'_>) -> bool {
        match (test, value) {
            (Test::IsTrue, Value::Bool(value)) => value,
            (Test::Equals(wanted), Value::Int(value)) => value == *wanted,
            (Test::Less(bound), Value::Int(value)) => value < *bound,
            (Test::InNumbers(at), Value::Int(value)) => {
                self.numbers.get(*at as usize).is_some_and(|numbers| numbers.binary_search(&value).is_ok())
            }
            (Test::InStrings(at), Value::Text(text)) => {
                self.strings.get(*at as usize).is_some_and(|strings| strings.contains(text))
            }
            (Test::SizeEquals(wanted), Value::Text(text)) => size(text) == *wanted,
            (Test::SizeLess(bound), Value::Text(text)) => size(text) < *bound,
            (Test::Before(bound), Value::Text(text)) => text < bound.as_bytes(),
            _ => false,
        }
    }
}

fn size(text: &[u8]) -> i64 {
    i64::try_from(text.len()).unwrap_or(i64::MAX)
}
