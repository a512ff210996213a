//! Whether claims about one field can hold together: by the field's state, then by its value.

use super::{
    address,
    formula::{Literal, Questions},
    number,
    text::{Texts, Wanted},
};
use crate::{
    cel::{Question, Test},
    lists::Contents,
};
use outwork_engine::rules::wire::{List, Source};
use std::collections::{BTreeMap, HashMap};

/// A fact's state.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Known,
    Absent,
    Unavailable,
}

/// What the values of fields allow, with what was found out before.
pub(super) struct Fields<'a> {
    lists: &'a [Contents],
    texts: Texts<'a>,
    settled: HashMap<Vec<Literal>, bool>,
}

/// A test of a value, and whether it shall hold.
pub(super) type Constraint<'q> = (&'q Question, bool);

impl<'a> Fields<'a> {
    pub(super) fn new(lists: &'a [Contents]) -> Self {
        Self { lists, texts: Texts::new(lists), settled: HashMap::new() }
    }

    /// Whether some request has answers as claimed. Fields are taken one by one.
    pub(super) fn agree(&mut self, questions: &Questions, literals: &[Literal]) -> bool {
        let mut by_source: BTreeMap<&Source, Vec<Literal>> = BTreeMap::new();
        for literal in literals {
            if let Some(question) = questions.get(literal.question) {
                by_source.entry(&question.field.source).or_default().push(*literal);
            }
        }
        by_source.into_values().all(|mut claims| {
            claims.sort_unstable();
            if let Some(&settled) = self.settled.get(&claims) {
                return settled;
            }
            let possible = self.possible(questions, &claims);
            self.settled.insert(claims, possible);
            possible
        })
    }

    fn possible(&mut self, questions: &Questions, claims: &[Literal]) -> bool {
        let asked: Vec<(&Question, Literal)> =
            claims.iter().filter_map(|claim| Some((questions.get(claim.question)?, *claim))).collect();
        let states = asked.first().map_or(&[][..], |(question, _)| states_of(&question.field.source));
        states.iter().any(|state| match state {
            State::Known => {
                let known = Some(true);
                let fits = |(question, claim): &(&Question, Literal)| match question.test {
                    Test::Known | Test::Present => claim.claim.fits(known),
                    Test::Absent | Test::Unavailable => claim.claim.fits(Some(false)),
                    _ => true,
                };
                asked.iter().all(fits) && self.value_possible(&asked)
            }
            state => asked.iter().all(|(question, claim)| claim.claim.fits(without_value(&question.test, *state))),
        })
    }

    fn value_possible(&mut self, asked: &[(&Question, Literal)]) -> bool {
        let constraints: Vec<Constraint<'_>> = asked
            .iter()
            .filter(|(question, claim)| !(may_be_unknown(&question.test) && claim.claim.fits(None)))
            .map(|(question, claim)| (*question, claim.claim.wants_true()))
            .collect();
        // Whatever a question is about, it does not have two answers.
        if constraints.iter().any(|(question, wanted)| constraints.contains(&(question, !wanted))) {
            return false;
        }
        let of = |is: fn(&Test) -> bool| -> Vec<Constraint<'_>> {
            constraints.iter().filter(|(question, _)| is(&question.test)).copied().collect()
        };
        let numbers = of(|test| matches!(test, Test::Equals(_) | Test::Less(_) | Test::InNumbers(_)));
        let addresses = of(|test| matches!(test, Test::InNetworks(_) | Test::InRanges(_)));
        let texts: Vec<Wanted<'_>> = constraints.iter().filter_map(|&constraint| Wanted::of(constraint)).collect();
        number::possible(&numbers) && address::possible(&addresses, self.lists) && self.texts.possible(&texts)
    }
}

/// The answer where there is no value; none is unknown.
fn without_value(test: &Test, state: State) -> Option<bool> {
    match (test, state) {
        (Test::Known, _) => Some(false),
        (Test::Unavailable, state) => Some(state == State::Unavailable),
        (Test::Absent, State::Absent) => Some(true),
        (Test::Present, State::Absent) => Some(false),
        _ => None,
    }
}

/// Whether an answer may be unknown although the value is known: another field's may not be, and of a very long list
/// only the first elements are looked at.
fn may_be_unknown(test: &Test) -> bool {
    test.other().is_some() || matches!(test, Test::Exists(_))
}

/// The states that a field can have. Hosts see every request's head, but what is replayed may not have all of it.
fn states_of(source: &Source) -> &'static [State] {
    match source {
        Source::Element(_) => &[State::Known],
        Source::Many(List::HeaderNames | List::CookieNames | List::ParamNames) => &[State::Known, State::Unavailable],
        Source::Header(_) | Source::Cookie(_) | Source::Param(_) | Source::Many(_) | Source::Signal(_) => {
            &[State::Known, State::Absent, State::Unavailable]
        }
    }
}
