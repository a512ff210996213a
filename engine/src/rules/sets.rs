//! The sets and automata that tests refer to, verified.

use super::{
    error::ConditionsError,
    literals::Literals,
    ranges::Ranges,
    segments::{Membership, Segments},
    strings::Strings,
    wire::{self, Test},
};
use crate::signals::Value;
use alloc::vec::Vec;
use regex_automata::{
    Input,
    dfa::{Automaton, sparse::DFA},
};

/// What tests name by its place.
#[derive(Debug, Default)]
pub(super) struct Sets {
    pub(super) ranges: usize,
    pub(super) segments: Segments,
    pub(super) strings: Vec<Strings>,
    pub(super) numbers: Vec<Vec<i64>>,
    pub(super) literals: Vec<Literals>,
    pub(super) patterns: Vec<DFA<Vec<u8>>>,
}

impl Sets {
    /// Verifies sets and patterns; the automata over literals need the atoms and come after.
    pub(super) fn load(sets: wire::Sets, patterns: &[Vec<u8>]) -> Result<Self, ConditionsError> {
        let sound = sets.ranges.iter().all(Ranges::is_sound)
            && sets.strings.iter().all(Strings::is_sound)
            && sets.numbers.iter().all(|numbers| numbers.is_sorted());
        if !sound {
            return Err(ConditionsError::List);
        }
        let patterns = patterns.iter().map(|bytes| pattern(bytes)).collect::<Result<_, _>>()?;
        Ok(Self {
            ranges: sets.ranges.len(),
            segments: Segments::new(&sets.ranges).ok_or(ConditionsError::List)?,
            strings: sets.strings,
            numbers: sets.numbers,
            literals: Vec::new(),
            patterns,
        })
    }

    /// The lists of addresses that a value is in; none where it is no address.
    pub(super) fn lists_of(&self, value: Value<'_>) -> Option<Membership<'_>> {
        match value {
            Value::Address(address) => Some(self.segments.of(address)),
            Value::Bool(_) | Value::Int(_) | Value::Text(_) => None,
        }
    }

    /// Whether a test of a known value, which is in these lists, holds; those that the automaton answers do not hold here.
    pub(super) fn holds(&self, test: &Test, value: Value<'_>, lists: Option<Membership<'_>>) -> bool {
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
            (Test::Matches(at), Value::Text(text)) => {
                self.patterns.get(*at as usize).is_some_and(|pattern| matches(pattern, text))
            }
            (Test::SizeEquals(wanted), Value::Text(text)) => size(text) == *wanted,
            (Test::SizeLess(bound), Value::Text(text)) => size(text) < *bound,
            (Test::InRanges(at), Value::Address(_)) => lists.is_some_and(|lists| lists.contains(*at as usize)),
            _ => false,
        }
    }
}

fn size(text: &[u8]) -> i64 {
    i64::try_from(text.len()).unwrap_or(i64::MAX)
}

fn pattern(bytes: &[u8]) -> Result<DFA<Vec<u8>>, ConditionsError> {
    match DFA::from_bytes(bytes) {
        Ok((dfa, read)) if read == bytes.len() => Ok(dfa.to_owned()),
        _ => Err(ConditionsError::Pattern),
    }
}

/// The compiler refuses patterns that could give up; one that does anyway matches nothing.
fn matches(pattern: &DFA<Vec<u8>>, text: &[u8]) -> bool {
    matches!(pattern.try_search_fwd(&Input::new(text).earliest(true)), Ok(Some(_)))
}
