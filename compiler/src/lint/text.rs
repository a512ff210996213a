//! Whether a text can be as all tests want it.
//!
//! Where one of a few texts is wanted, each is tried. Else every test is an automaton, and a walk through all of them at
//! once looks for a text that satisfies each.

use super::{
    automaton::{self, Automaton},
    field::Constraint,
    walk,
};
use crate::{
    cel::{ListRef, Literal, Question, Test},
    lists::Contents,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

/// The most entries of a list that become an automaton.
const MAX_ENTRIES: usize = 64;

/// A test of a text, whether the text's letters are made lower case first, and whether it shall hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'q> {
    pub(super) test: &'q Test,
    pub(super) question: &'q Question,
    pub(super) lower: bool,
    pub(super) wanted: bool,
}

impl<'q> Wanted<'q> {
    /// The constraint, when it is about text.
    pub(super) fn of((question, wanted): Constraint<'q>) -> Option<Self> {
        let text = matches!(
            question.test,
            Test::Literals(_) | Test::InStrings(_) | Test::Matches(_) | Test::SizeEquals(_) | Test::SizeLess(_)
        );
        text.then_some(Self { test: &question.test, question, lower: question.field.lower, wanted })
    }
}

/// The automata of tests, made once.
pub(super) struct Texts<'a> {
    lists: &'a [Contents],
    automata: BTreeMap<Question, Option<Rc<Automaton>>>,
}

impl<'a> Texts<'a> {
    pub(super) fn new(lists: &'a [Contents]) -> Self {
        Self { lists, automata: BTreeMap::new() }
    }

    /// Whether one text satisfies all.
    pub(super) fn possible(&mut self, tests: &[Wanted<'_>]) -> bool {
        if tests.is_empty() {
            return true;
        }
        let few =
            tests.iter().filter(|test| test.wanted).filter_map(|test| Some((test.lower, self.texts_of(test.test)?)));
        let fewest = few.min_by_key(|(_, texts)| texts.len());
        // A text in lower case stands for all that become it: an automaton looks at their capitals.
        let mixed = fewest
            .as_ref()
            .is_some_and(|(lower, texts)| *lower && texts.len() <= MAX_ENTRIES && tests.iter().any(|test| !test.lower));
        if let Some((lower, texts)) = fewest.filter(|_| !mixed) {
            let asked: Vec<&Wanted<'_>> = tests.iter().filter(|test| test.lower || !lower).collect();
            return texts.into_iter().any(|text| asked.iter().all(|test| self.can_be(test, text)));
        }
        let automata = tests.iter().filter_map(|test| Some((self.automaton(test)?, test.lower, test.wanted))).collect();
        walk::finds(automata)
    }

    /// The texts that a test wants, when it wants one of a few.
    fn texts_of<'t>(&self, test: &'t Test) -> Option<Vec<&'t str>>
    where
        'a: 't,
    {
        match test {
            Test::Literals(literals) => literals
                .iter()
                .map(|literal| (literal.from_start && literal.to_end).then_some(literal.text.as_str()))
                .collect(),
            Test::InStrings(list) => self.strings(list).map(|strings| strings.iter().map(String::as_str).collect()),
            _ => None,
        }
    }

    fn strings(&self, list: &ListRef) -> Option<&'a BTreeSet<String>> {
        match self.lists.get(list.place) {
            Some(Contents::Strings(strings)) => Some(strings),
            _ => None,
        }
    }

    /// Whether a text satisfies a test, or it would take too long to know.
    fn can_be(&mut self, test: &Wanted<'_>, text: &str) -> bool {
        let text = if test.lower { text.to_ascii_lowercase() } else { text.to_owned() };
        let size = i64::try_from(text.len()).unwrap_or(i64::MAX);
        let holds = match test.test {
            Test::Literals(literals) => literals.iter().any(|literal| is_in(literal, &text)),
            Test::InStrings(list) => self.strings(list).is_none_or(|strings| strings.contains(&text)),
            Test::SizeEquals(other) => size == *other,
            Test::SizeLess(bound) => size < *bound,
            _ => match self.automaton(test) {
                Some(automaton) => automaton.accepts(text.as_bytes()),
                None => return true,
            },
        };
        holds == test.wanted
    }

    fn automaton(&mut self, test: &Wanted<'_>) -> Option<Rc<Automaton>> {
        if let Some(automaton) = self.automata.get(test.question) {
            return automaton.clone();
        }
        let automaton = self.make(test.test).map(Rc::new);
        self.automata.insert(test.question.clone(), automaton.clone());
        automaton
    }

    fn make(&self, test: &Test) -> Option<Automaton> {
        match test {
            Test::Literals(literals) if literals.len() <= MAX_ENTRIES => automaton::of_literals(literals),
            Test::InStrings(list) => {
                let strings = self.strings(list).filter(|strings| strings.len() <= MAX_ENTRIES)?;
                let whole = |text: &String| Literal { from_start: true, to_end: true, text: text.clone() };
                automaton::of_literals(&strings.iter().map(whole).collect())
            }
            Test::Matches(pattern) => automaton::of_pattern(&pattern.text),
            Test::SizeEquals(size) => Some(Automaton::Size { exactly: true, size: *size }),
            Test::SizeLess(size) => Some(Automaton::Size { exactly: false, size: *size }),
            _ => None,
        }
    }
}

fn is_in(literal: &Literal, text: &str) -> bool {
    let wanted = literal.text.as_str();
    match (literal.from_start, literal.to_end) {
        (true, true) => text == wanted,
        (true, false) => text.starts_with(wanted),
        (false, true) => text.ends_with(wanted),
        (false, false) => text.contains(wanted),
    }
}
