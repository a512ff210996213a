//! A test of text as an automaton over bytes.

use crate::cel::Literal;
use regex_automata::{
    Input, MatchKind,
    dfa::{Automaton as _, StartKind, dense},
    nfa::thompson,
    util::{primitives::StateID, syntax},
};
use std::collections::BTreeSet;

/// The largest automaton that is worth a walk, in bytes.
const MAX_BYTES: usize = 256 << 10;

/// What tells whether a text satisfies a test.
#[derive(Debug)]
pub(super) enum Automaton {
    /// A match somewhere.
    Dense(Box<dense::DFA<Vec<u32>>>),
    /// How long it is.
    Size { exactly: bool, size: i64 },
}

/// Where an automaton is in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum At {
    State(StateID),
    /// So many bytes so far.
    Length(i64),
    /// Whatever follows, it holds.
    Holds,
    /// Whatever follows, it does not hold.
    Fails,
}

/// The automaton of literals; none when it is too large.
pub(super) fn of_literals(literals: &BTreeSet<Literal>) -> Option<Automaton> {
    let patterns: Vec<String> = literals
        .iter()
        .map(|literal| {
            let bytes: String = literal.text.bytes().map(|byte| format!("\\x{byte:02x}")).collect();
            let (start, end) = (if literal.from_start { "\\A" } else { "" }, if literal.to_end { "\\z" } else { "" });
            format!("{start}{bytes}{end}")
        })
        .collect();
    // A class without members matches nothing.
    of_pattern(&if patterns.is_empty() { "[^\\x00-\\xff]".to_owned() } else { patterns.join("|") })
}

/// The automaton of a regular expression; none when it is too large.
pub(super) fn of_pattern(pattern: &str) -> Option<Automaton> {
    let built = dense::Builder::new()
        .syntax(syntax::Config::new().unicode(false).utf8(false))
        .thompson(thompson::Config::new().utf8(false).nfa_size_limit(Some(MAX_BYTES)))
        .configure(
            dense::Config::new()
                .match_kind(MatchKind::All)
                .start_kind(StartKind::Unanchored)
                .accelerate(false)
                .dfa_size_limit(Some(MAX_BYTES))
                .determinize_size_limit(Some(4 * MAX_BYTES)),
        )
        .build(pattern);
    built.ok().map(|dfa| Automaton::Dense(Box::new(dfa)))
}

impl Automaton {
    /// Before the first byte.
    pub(super) fn start(&self) -> At {
        match self {
            Self::Dense(dfa) => dfa.start_state_forward(&Input::new("")).map_or(At::Fails, |state| self.at(state)),
            Self::Size { size, .. } => self.length(0, *size),
        }
    }

    /// After one more byte.
    pub(super) fn step(&self, at: At, byte: u8) -> At {
        match (self, at) {
            (Self::Dense(dfa), At::State(state)) => self.at(dfa.next_state(state, byte)),
            (Self::Size { size, .. }, At::Length(length)) => self.length(length + 1, *size),
            (_, at) => at,
        }
    }

    /// Whether it holds if the text ends here.
    pub(super) fn ends(&self, at: At) -> bool {
        match (self, at) {
            (Self::Dense(dfa), At::State(state)) => dfa.is_match_state(dfa.next_eoi_state(state)),
            (Self::Size { exactly, size }, At::Length(length)) => {
                if *exactly {
                    length == *size
                } else {
                    length < *size
                }
            }
            (_, at) => at == At::Holds,
        }
    }

    /// Bytes of one class take it to the same place.
    pub(super) fn class(&self, byte: u8) -> u8 {
        match self {
            Self::Dense(dfa) => dfa.byte_classes().get(byte),
            Self::Size { .. } => 0,
        }
    }

    pub(super) fn accepts(&self, text: &[u8]) -> bool {
        self.ends(text.iter().fold(self.start(), |at, &byte| self.step(at, byte)))
    }

    fn at(&self, state: StateID) -> At {
        match self {
            Self::Dense(dfa) if dfa.is_match_state(state) => At::Holds,
            Self::Dense(dfa) if dfa.is_dead_state(state) => At::Fails,
            _ => At::State(state),
        }
    }

    fn length(&self, length: i64, size: i64) -> At {
        if length > size { At::Fails } else { At::Length(length) }
    }
}
