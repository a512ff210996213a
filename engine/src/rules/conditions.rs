//! The compiled conditions of a policy, and their evaluation.
//!
//! A request is answered field by field: each field is read once, its tests are answered from that reading (the
//! literal ones in one pass), and only conditions whose trigger is true are worked out.

use super::{
    Scratch,
    error::ConditionsError,
    load,
    program::{self, Answer},
    sets::Sets,
    source::Place,
    wire::{Atom, Test},
};
use crate::{
    fact::Fact,
    signals::{Scene, Value},
};
use alloc::vec::Vec;

/// The compiled conditions of a policy: rules first, limits after them.
#[derive(Debug, Default)]
pub struct Conditions {
    pub(super) fields: Vec<Field>,
    pub(super) atoms: Vec<Atom>,
    pub(super) code: Vec<u32>,
    // INVARIANT: where each condition's program ends in `code`; sorted, the last is its length.
    pub(super) ends: Vec<u32>,
    // INVARIANT: one more than there are atoms; the conditions that atom `i` wakes are at `wakes[i]..wakes[i + 1]`.
    pub(super) wakes: Vec<u32>,
    pub(super) woken: Vec<u32>,
    pub(super) untriggered: Vec<u32>,
    pub(super) sets: Sets,
}

/// A field, with its tests' places among the atoms.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) place: Place,
    pub(super) lower: bool,
    pub(super) literals: Option<usize>,
    // INVARIANT: start <= values <= pairs <= end: tests of the fact's state, of its value, and with another field.
    pub(super) start: usize,
    pub(super) values: usize,
    pub(super) pairs: usize,
    pub(super) end: usize,
}

impl Conditions {
    /// Reads the sections 5 (conditions), 6 (lists) and 7 (matchers) of a bundle.
    ///
    /// # Errors
    /// When a section is not what the compiler writes, names a signal that this engine does not have, asks a field
    /// what its type cannot answer, or points outside itself.
    pub fn load(conditions: &[u8], lists: &[u8], matchers: &[u8]) -> Result<Self, ConditionsError> {
        load::load(conditions, lists, matchers)
    }

    /// How many conditions there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Evaluates all conditions; ask `scratch` which hold.
    pub fn evaluate(&self, scene: &Scene<'_>, scratch: &mut Scratch) {
        scratch.reset(self.atoms.len(), self.len());
        for field in &self.fields {
            self.answer(field, scene, scratch);
        }
        self.wake(scratch);
        let Scratch { truth, known, candidates, holds, .. } = scratch;
        for condition in candidates.ones() {
            let program = self.program(condition);
            if program::run(program, |atom| Answer::of(truth.get(atom), known.get(atom))) == Answer::True {
                holds.set(condition);
            }
        }
    }

    /// What each atom of a condition said in the request evaluated last, in the order of its program.
    pub fn trace<'a>(&'a self, condition: usize, scratch: &'a Scratch) -> impl Iterator<Item = (usize, Answer)> + 'a {
        program::atoms(self.program(condition)).map(|atom| (atom, scratch.answer(atom)))
    }

    pub(super) fn program(&self, condition: usize) -> &[u32] {
        let start = condition.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |&end| end as usize);
        let end = self.ends.get(condition).map_or(start, |&end| end as usize);
        self.code.get(start..end).unwrap_or_default()
    }

    fn answer(&self, field: &Field, scene: &Scene<'_>, scratch: &mut Scratch) {
        let reading = field.place.read(scene);
        for (at, atom) in self.atoms_in(field.start, field.values) {
            scratch.tell(at, state(&atom.test, &reading));
        }
        let Fact::Known(value) = reading else { return };
        scratch.known.fill(field.values, field.pairs);
        match value {
            Value::Text(text) if field.lower => {
                let mut lowered = core::mem::take(&mut scratch.lowered);
                lowered.clear();
                lowered.extend(text.iter().map(u8::to_ascii_lowercase));
                self.test(field, Value::Text(&lowered), scratch);
                scratch.lowered = lowered;
            }
            value => self.test(field, value, scratch),
        }
        for (at, atom) in self.atoms_in(field.pairs, field.end) {
            scratch.tell(at, self.compare(&atom.test, value, scene));
        }
    }

    fn test(&self, field: &Field, value: Value<'_>, scratch: &mut Scratch) {
        if let (Some(literals), Value::Text(text)) = (field.literals.and_then(|at| self.sets.literals.get(at)), value) {
            literals.search(text, |atom| scratch.truth.set(atom as usize));
        }
        let lists = self.sets.lists_of(value);
        for (at, atom) in self.atoms_in(field.values, field.pairs) {
            if self.sets.holds(&atom.test, value, lists) {
                scratch.truth.set(at);
            }
        }
    }

    fn compare(&self, test: &Test, value: Value<'_>, scene: &Scene<'_>) -> Answer {
        let (Test::SameAs(other) | Test::LessThan(other)) = test else { return Answer::Unknown };
        let other = self.fields.get(*other as usize).map_or(Fact::Unavailable, |field| field.place.read(scene));
        match (test, value, other) {
            (Test::SameAs(_), value, Fact::Known(other)) => Answer::from(value == other),
            (Test::LessThan(_), Value::Int(value), Fact::Known(Value::Int(other))) => Answer::from(value < other),
            _ => Answer::Unknown,
        }
    }

    fn atoms_in(&self, start: usize, end: usize) -> impl Iterator<Item = (usize, &Atom)> {
        (start..end).zip(self.atoms.get(start..end).unwrap_or_default())
    }

    fn wake(&self, scratch: &mut Scratch) {
        for &condition in &self.untriggered {
            scratch.candidates.set(condition as usize);
        }
        let Scratch { truth, candidates, .. } = scratch;
        for atom in truth.ones() {
            let (start, end) = (self.wakes.get(atom), self.wakes.get(atom + 1));
            let range = start.map_or(0, |&at| at as usize)..end.map_or(0, |&at| at as usize);
            for &condition in self.woken.get(range).unwrap_or_default() {
                candidates.set(condition as usize);
            }
        }
    }
}

fn state(test: &Test, reading: &Fact<Value<'_>>) -> Answer {
    match (test, reading) {
        (Test::Unavailable, reading) => Answer::from(matches!(reading, Fact::Unavailable)),
        (Test::Known, reading) => Answer::from(reading.is_known()),
        (_, Fact::Unavailable) => Answer::Unknown,
        (Test::Absent, reading) => Answer::from(matches!(reading, Fact::Absent)),
        (_, reading) => Answer::from(reading.is_known()),
    }
}
