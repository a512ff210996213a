//! The compiled conditions of a policy, and their evaluation.
//!
//! A request is answered field by field: each field is read once, its tests are answered from that reading (the
//! literal ones in one pass), and only conditions whose trigger is true are worked out.

use super::{
    Scratch,
    error::ConditionsError,
    load, pair,
    program::{self, Answer},
    sets::Sets,
    source::{Asked, Place},
    unsent::Unsent,
    wire::{Atom, Test},
};
use crate::{
    fact::Fact,
    signals::{Reading, Scene, Value},
};
use alloc::vec::Vec;

/// The compiled conditions of a policy: rules first, limits after them.
#[derive(Debug, Default)]
pub struct Conditions {
    pub(super) fields: Vec<Field>,
    pub(super) unsent: Unsent,
    pub(super) atoms: Vec<Atom>,
    pub(super) code: Vec<u32>,
    // INVARIANT: where each condition's program ends in `code`; sorted, the last is its length.
    pub(super) ends: Vec<u32>,
    // INVARIANT: one more than there are atoms; the conditions that atom `i` wakes are at `wakes[i]..wakes[i + 1]`.
    pub(super) wakes: Vec<u32>,
    pub(super) woken: Vec<u32>,
    pub(super) untriggered: Vec<u32>,
    /// Atoms, and the conditions that hold where these do not: what most of those are that nothing wakes.
    pub(super) negations: Vec<(u32, u32)>,
    /// Programs that are run for each element of a list.
    pub(super) predicates: Vec<Vec<u32>>,
    pub(super) sets: Sets,
    /// Tells these automata from those of other policies.
    pub(super) mark: u64,
}

/// A field, with its tests' places among the atoms.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) place: Place,
    pub(super) lower: bool,
    pub(super) literals: Option<usize>,
    // INVARIANT: places in `sets.automata`, which no other field has.
    pub(super) automata: Vec<u32>,
    /// Whether what was found in a text is kept: not where texts hardly come again, as paths, or are soon searched.
    pub(super) is_recalled: bool,
    /// Whether it has tests of its value that neither automata nor the search for an address answer.
    pub(super) others: bool,
    // INVARIANT: sorted. Each list that an address is looked for in, with the atom that asks: a search answers them all.
    pub(super) lists: Vec<(usize, usize)>,
    /// Whether all that is asked of it is whether it is true, as of most signals.
    pub(super) yes_or_no: bool,
    // INVARIANT: start <= values <= pairs <= end: tests of the fact's state, of its value, and with another field.
    pub(super) start: usize,
    pub(super) values: usize,
    pub(super) pairs: usize,
    pub(super) end: usize,
    /// The fields that stand for this list's elements.
    pub(super) elements: Vec<usize>,
}

impl Field {
    /// Whether automata answer some of its tests.
    fn is_searched(&self) -> bool {
        self.literals.is_some() || !self.automata.is_empty()
    }

    /// The atoms that ask whether an address is in this list.
    fn atoms_of(&self, list: usize) -> impl Iterator<Item = usize> + '_ {
        let first = self.lists.partition_point(|(known, _)| *known < list);
        let own = self.lists.iter().skip(first).take_while(move |(known, _)| *known == list);
        own.map(|(_, atom)| *atom)
    }
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
        if scene.facts().seen.all_headers() {
            self.unsent.tell(scratch);
            let left = self.unsent.left(scene).filter_map(|field| self.fields.get(field));
            left.for_each(|field| self.answer_anew(field, scene, scratch));
            for field in self.unsent.reported(scene).iter().filter_map(|&field| self.fields.get(field)) {
                scratch.forget(field.start, field.values);
                self.answer(field, scene, scratch);
            }
        } else {
            self.fields.iter().for_each(|field| self.answer(field, scene, scratch));
        }
        self.wake(scratch);
        let Scratch { truth, known, candidates, holds, .. } = scratch;
        for &(atom, condition) in &self.negations {
            if known.get(atom as usize) && !truth.get(atom as usize) {
                holds.set(condition as usize);
            }
        }
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

    /// The fields that a condition asks for, each as often as it is asked; a list also for its elements.
    pub fn asked(&self, condition: usize) -> impl Iterator<Item = Asked<'_>> {
        let atoms = |program| program::atoms(program).filter_map(|atom| self.atoms.get(atom));
        let of_elements = move |atom: &Atom| match atom.test {
            Test::Exists(predicate) => self.predicates.get(predicate as usize),
            _ => None,
        };
        let with_elements = move |atom| {
            let inner = of_elements(atom).into_iter().flat_map(move |program| atoms(program));
            core::iter::once(atom).chain(inner)
        };
        let all = atoms(self.program(condition)).flat_map(with_elements);
        let fields = all.flat_map(|atom| [Some(atom.field), atom.test.other()]).flatten();
        let places = fields.filter_map(|field| Some(&self.fields.get(field as usize)?.place));
        places.filter(|place| !matches!(place, Place::Element(_))).map(Asked)
    }

    pub(super) fn program(&self, condition: usize) -> &[u32] {
        let start = condition.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |&end| end as usize);
        let end = self.ends.get(condition).map_or(start, |&end| end as usize);
        self.code.get(start..end).unwrap_or_default()
    }

    /// Answers a field that may have been answered as a header that was not sent.
    fn answer_anew(&self, field: &Field, scene: &Scene<'_>, scratch: &mut Scratch) {
        let Place::Header(name) = &field.place else { return self.answer(field, scene, scratch) };
        if let Fact::Known(text) = scene.named(name) {
            scratch.forget(field.start, field.values);
            self.tell(field, Fact::Known(Value::Text(text)), scene, scratch);
        }
    }

    fn answer(&self, field: &Field, scene: &Scene<'_>, scratch: &mut Scratch) {
        match &field.place {
            Place::Many(list) => self.quantify(field, list, scene, scratch),
            // Answered with the list, once for each element.
            Place::Element(_) => {}
            place => self.tell(field, place.read(scene), scene, scratch),
        }
    }

    /// Answers all that is asked of a field whose value this is.
    pub(super) fn tell(&self, field: &Field, reading: Reading<'_>, scene: &Scene<'_>, scratch: &mut Scratch) {
        if let (true, Fact::Known(Value::Bool(value))) = (field.yes_or_no, reading) {
            return scratch.tell(field.values, Answer::from(value));
        }
        for (at, atom) in self.atoms_in(field.start, field.values) {
            scratch.tell(at, state(&atom.test, &reading));
        }
        if let Fact::Known(value) = reading {
            self.tell_value(field, value, scene, scratch);
        }
    }

    /// Apart, so that what is not known, as most fields are not, costs little.
    #[inline(never)]
    fn tell_value(&self, field: &Field, value: Value<'_>, scene: &Scene<'_>, scratch: &mut Scratch) {
        scratch.known.fill(field.values, field.pairs);
        let recalled = self.recall(field, value, scratch);
        if !recalled || field.others {
            self.lower_and_test(field, value, recalled, scratch);
        }
        for (at, atom) in self.atoms_in(field.pairs, field.end) {
            scratch.tell(at, self.compare(field, &atom.test, value, scene));
        }
    }

    /// Answers what automata found in a text that came before. Tells whether it did.
    fn recall(&self, field: &Field, value: Value<'_>, scratch: &mut Scratch) -> bool {
        let Value::Text(text) = value else { return false };
        let known = self.mark_of(field).and_then(|mark| scratch.searches.find(mark, text));
        known.into_iter().flatten().for_each(|&atom| scratch.truth.set(atom as usize));
        known.is_some()
    }

    fn lower_and_test(&self, field: &Field, value: Value<'_>, recalled: bool, scratch: &mut Scratch) {
        let Value::Text(text) = value else { return self.test(field, value, scratch) };
        let mut lowered = core::mem::take(&mut scratch.lowered);
        let tested = if field.lower {
            lowered.clear();
            lowered.extend(text.iter().map(u8::to_ascii_lowercase));
            &lowered
        } else {
            text
        };
        if !recalled {
            self.search(field, text, tested, scratch);
        }
        self.test(field, Value::Text(tested), scratch);
        scratch.lowered = lowered;
    }

    /// Answers what automata find in a text, as it was sent and as it is searched, and keeps the answer.
    fn search(&self, field: &Field, sent: &[u8], text: &[u8], scratch: &mut Scratch) {
        if !field.is_searched() {
            return;
        }
        let Scratch { hits, found, truth, searches, .. } = scratch;
        self.sets.search(field, &self.atoms, text, hits, found);
        found.iter().for_each(|&atom| truth.set(atom as usize));
        if let Some(kept) = self.mark_of(field).and_then(|mark| searches.note(mark, sent)) {
            kept.clone_from(found);
        }
    }

    /// Tells this field's searches from all others, of other policies too.
    fn mark_of(&self, field: &Field) -> Option<u64> {
        if !field.is_recalled {
            return None;
        }
        let place = u64::try_from(field.start).ok()? << 32 | u64::try_from(field.end).ok()?;
        Some(self.mark.wrapping_add(place))
    }

    fn test(&self, field: &Field, value: Value<'_>, scratch: &mut Scratch) {
        if let Value::Address(address) = value {
            let lists = self.sets.lists_of(address);
            lists.flat_map(|list| field.atoms_of(list)).for_each(|atom| scratch.truth.set(atom));
        }
        if !field.others {
            return;
        }
        for (at, atom) in self.atoms_in(field.values, field.pairs) {
            if self.sets.holds(&atom.test, value) {
                scratch.truth.set(at);
            }
        }
    }

    fn compare(&self, field: &Field, test: &Test, value: Value<'_>, scene: &Scene<'_>) -> Answer {
        let other = test.other().and_then(|other| self.fields.get(other as usize));
        let reading = other.map_or(Fact::Unavailable, |other| other.place.read(scene));
        match (other, reading) {
            (Some(other), Fact::Known(value_of_other)) => {
                Answer::from(pair::holds(test, (value, field.lower), (value_of_other, other.lower)))
            }
            _ => Answer::Unknown,
        }
    }

    pub(super) fn atoms_in(&self, start: usize, end: usize) -> impl Iterator<Item = (usize, &Atom)> {
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

/// What a test of a fact's state says.
pub(super) fn state<T>(test: &Test, reading: &Fact<T>) -> Answer {
    match (test, reading) {
        (Test::Unavailable, reading) => Answer::from(matches!(reading, Fact::Unavailable)),
        (Test::Known, reading) => Answer::from(reading.is_known()),
        (_, Fact::Unavailable) => Answer::Unknown,
        (Test::Absent, reading) => Answer::from(matches!(reading, Fact::Absent)),
        (_, reading) => Answer::from(reading.is_known()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        agents::Registry,
        rules::wire::{Field, Matchers, Op, Source, Table},
        rules::{Literal, build_literals},
        signals::Sample,
    };
    use alloc::{collections::BTreeSet, format, string::String, vec};
    use proptest::prelude::*;

    /// A condition for each word: is it in the user agent?
    fn conditions(words: &[String]) -> Conditions {
        let literal = |(atom, word): (u32, &String)| Literal {
            from_start: false,
            to_end: false,
            text: word.as_bytes().to_vec(),
            atom,
        };
        let literals: BTreeSet<Literal> = (0..).zip(words).map(literal).collect();
        let all = 0..u32::try_from(words.len()).unwrap();
        let table = Table {
            fields: vec![Field {
                source: Source::Header("user-agent".into()),
                lower: true,
                literals: Some(0),
                automata: vec![],
            }],
            atoms: all.clone().map(|_| Atom { field: 0, test: Test::Literal }).collect(),
            code: all.clone().map(|atom| Op::Atom(atom).encode().unwrap()).collect(),
            ends: all.clone().map(|at| at + 1).collect(),
            triggers: all.map(|at| (at, at)).collect(),
            untriggered: vec![],
            predicates: vec![],
        };
        let matchers = Matchers { literals: vec![build_literals(&literals).unwrap()], automata: vec![] };
        let bytes = (postcard::to_allocvec(&table).unwrap(), postcard::to_allocvec(&matchers).unwrap());
        Conditions::load(&bytes.0, &[], &bytes.1).unwrap()
    }

    proptest! {
        #[test]
        fn what_came_before_changes_no_answer(
            first in prop::collection::vec("[a-c]{1,3}", 1..8), second in prop::collection::vec("[a-c]{1,3}", 1..8),
            requests in prop::collection::vec((any::<bool>(), "[a-cA-C]{3}|curl|Chrome", 0_usize..30), 1..40),
        ) {
            let policies = [conditions(&first), conditions(&second)];
            let (mut kept, registry) = (Scratch::default(), Registry::default());
            for (which, letters, length) in requests {
                let conditions = &policies[usize::from(which)];
                let agent = format!("{letters}/1 (X11; Linux{})", "-".repeat(length));
                let headers = [(&b"user-agent"[..], agent.as_bytes())];
                let facts = Sample::GET.facts(&headers);
                let mut fresh = Scratch::default();
                conditions.evaluate(&Scene::new(&facts), &mut fresh);
                let scene = Scene::recalling(&facts, &kept.agents, &registry);
                let new = Scene::new(&facts);
                prop_assert_eq!(scene.device_parts(), new.device_parts());
                scene.keep(&mut kept.agents);
                conditions.evaluate(&scene, &mut kept);
                for at in 0..conditions.len() {
                    prop_assert_eq!(kept.holds(at), fresh.holds(at), "{} in {}", at, agent);
                }
            }
        }
    }
}
