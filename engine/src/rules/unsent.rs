//! Headers that were not sent: most of those that conditions ask about.
//!
//! What is said of them is the same in every request, so that it is worked out when conditions are loaded. A request is
//! answered from there, and only headers that it may have are read.

use super::{
    bits::Bits,
    conditions::{Field, state},
    scratch::Scratch,
    source::Place,
    wire::Atom,
};
use crate::{
    fact::Fact,
    signals::{Marks, Scene},
};
use alloc::vec::Vec;

/// The answers where no header was sent, and the fields by how they are read.
#[derive(Debug, Default)]
pub(super) struct Unsent {
    truth: Bits,
    known: Bits,
    /// The fields that are headers.
    headers: Vec<(Marks, usize)>,
    /// All others.
    rest: Vec<usize>,
}

impl Unsent {
    pub(super) fn new(fields: &[Field], atoms: &[Atom]) -> Self {
        let mut answers = Scratch::default();
        answers.reset(atoms.len(), 0);
        let mut unsent = Self::default();
        for (at, field) in fields.iter().enumerate() {
            let Place::Header(name) = &field.place else {
                unsent.rest.push(at);
                continue;
            };
            unsent.headers.push((name.marks(), at));
            for (place, atom) in (field.start..field.values).zip(atoms.get(field.start..field.values).unwrap_or_default()) {
                answers.tell(place, state::<()>(&atom.test, &Fact::Absent));
            }
        }
        Self { truth: answers.truth, known: answers.known, ..unsent }
    }

    /// Answers as if no header had been sent.
    pub(super) fn tell(&self, scratch: &mut Scratch) {
        scratch.truth.copy(&self.truth);
        scratch.known.copy(&self.known);
    }

    /// The fields that are not answered by that, of which some are headers that were not sent either.
    pub(super) fn left(&self, scene: &Scene<'_>) -> impl Iterator<Item = usize> + '_ {
        let sent = scene.marks();
        let headers = self.headers.iter().filter(move |(marks, _)| marks.meet(sent));
        self.rest.iter().copied().chain(headers.map(|&(_, field)| field))
    }
}
