//! Whether some element of a list is as a condition wants it.

use super::{
    Scratch,
    conditions::{Conditions, Field, state},
    distinct::{Admission, Distinct},
    program::{self, Answer},
    wire::{List, Test},
};
use crate::{
    fact::Fact,
    signals::{Scene, Value},
};

/// How many different elements of a list are looked at, so that a client cannot make a request dear by a long one. Envoy takes no
/// more than 100 headers by itself.
pub const MAX_ELEMENTS: usize = 256;

impl Conditions {
    /// Answers what is asked of a list. What holds for no element that was looked at is false when that was all of them,
    /// and unknown when it was not.
    pub(super) fn quantify(&self, field: &Field, list: &List, scene: &Scene<'_>, scratch: &mut Scratch) {
        let reading = list.reading(scene);
        for (at, atom) in self.atoms_in(field.start, field.values) {
            scratch.tell(at, state(&atom.test, &reading));
        }
        if !reading.is_known() {
            return;
        }
        let complete = self.look_at_elements(field, list, scene, scratch);
        let mut size = None;
        for (at, atom) in self.atoms_in(field.values, field.pairs) {
            let mut count = || *size.get_or_insert_with(|| count(list, scene, scratch));
            let answer = match atom.test {
                Test::SizeEquals(wanted) => Answer::from(count() == wanted),
                Test::SizeLess(bound) => Answer::from(count() < bound),
                _ if scratch.truth.get(at) => Answer::True,
                _ if complete => Answer::False,
                _ => Answer::Unknown,
            };
            scratch.tell(at, answer);
        }
    }

    /// Marks what holds for one of the elements. Tells whether all were looked at.
    fn look_at_elements(&self, field: &Field, list: &List, scene: &Scene<'_>, scratch: &mut Scratch) -> bool {
        if !self.atoms_in(field.values, field.pairs).any(|(_, atom)| matches!(atom.test, Test::Exists(_))) {
            return true;
        }
        let mut joined = core::mem::take(&mut scratch.joined);
        let mut distinct = Distinct::default();
        let mut complete = true;
        list.visit(scene, &mut joined, |element| {
            let admission = distinct.admit(element);
            if admission == Admission::Look {
                self.look_at(field, element, scene, scratch);
            }
            complete = admission != Admission::Refuse;
            complete
        });
        scratch.joined = joined;
        complete
    }

    fn look_at(&self, field: &Field, element: &[u8], scene: &Scene<'_>, scratch: &mut Scratch) {
        let own = || field.elements.iter().filter_map(|&place| self.fields.get(place));
        for element_field in own() {
            self.tell(element_field, Fact::Known(Value::Text(element)), scene, scratch);
        }
        for (at, atom) in self.atoms_in(field.values, field.pairs) {
            let Test::Exists(predicate) = atom.test else { continue };
            let program = self.predicates.get(predicate as usize).map(|program| program.as_slice()).unwrap_or_default();
            if !scratch.truth.get(at) && program::run(program, |atom| scratch.answer(atom)) == Answer::True {
                scratch.truth.set(at);
            }
        }
        for element_field in own() {
            scratch.forget(element_field.start, element_field.end);
        }
    }
}

fn count(list: &List, scene: &Scene<'_>, scratch: &mut Scratch) -> i64 {
    i64::try_from(list.size(scene, &mut scratch.joined)).unwrap_or(i64::MAX)
}
