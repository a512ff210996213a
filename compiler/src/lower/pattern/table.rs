//! Expressions to the tables that hosts search with.

use super::Wrong;
use outwork_engine::rules::{Automaton, MOST_WORDS};
use regex_automata::{
    Input, MatchKind,
    dfa::{Automaton as _, StartKind, dense},
    nfa::thompson::{self, NFA, WhichCaptures},
    util::primitives::StateID,
};
use regex_syntax::hir::Hir;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What building may take, in bytes.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// The automaton before it is determinised.
    pub(super) nfa: usize,
    /// The automaton, in the form in which it is built.
    pub(super) dfa: usize,
    /// What determinising it needs besides.
    pub(super) work: usize,
}

/// A table, or why there is none, and about how many steps that took: it is these that a bound on the time counts.
pub(super) struct Built {
    pub(super) table: Result<Automaton, Wrong>,
    pub(super) steps: u64,
}

/// The table of expressions, any of which may match anywhere; its atoms are their places.
pub(super) fn build(expressions: &[&Hir], limits: Limits) -> Built {
    let config =
        thompson::Config::new().utf8(false).which_captures(WhichCaptures::None).nfa_size_limit(Some(limits.nfa));
    let nfa = match thompson::Compiler::new().configure(config).build_many_from_hir(expressions) {
        Ok(nfa) => nfa,
        Err(error) if error.size_limit().is_some() => {
            return Built { table: Err(Wrong::TooLarge), steps: limits.nfa as u64 };
        }
        Err(error) => return Built { table: Err(Wrong::Refused(error.to_string())), steps: 0 },
    };
    let dense = determinise(&nfa, limits);
    // Each transition looks at the states of the NFA that it leads to. Sets of them are what `work` bounds, and each is
    // looked at for every class of bytes.
    let transitions = dense.as_ref().map_or(limits.dfa, dense::DFA::memory_usage) / size_of::<u32>();
    let steps = (nfa.states().len() * transitions).min(limits.work << 8) as u64;
    let write = |dense: Dense| Writer::new(&dense, expressions.len() == 1).write().ok_or(Wrong::TooLarge);
    Built { table: dense.and_then(write), steps }
}

fn determinise(nfa: &NFA, limits: Limits) -> Result<Dense, Wrong> {
    let config = dense::Config::new()
        .match_kind(MatchKind::All)
        .start_kind(StartKind::Unanchored)
        .accelerate(false)
        .minimize(false)
        .dfa_size_limit(Some(limits.dfa))
        .determinize_size_limit(Some(limits.work));
    dense::Builder::new().configure(config).build_from_nfa(nfa).map_err(|error| {
        if error.is_size_limit_exceeded() { Wrong::TooLarge } else { Wrong::Refused(error.to_string()) }
    })
}

type Dense = dense::DFA<Vec<u32>>;

/// Writes the states that can be reached from the beginning of a text, those that report last.
struct Writer<'a> {
    dfa: &'a Dense,
    /// Once its only expression has matched, a search is over.
    single: bool,
    /// One byte of each class that the automaton tells apart.
    bytes: Vec<u8>,
    /// What is reported, with its place.
    sets: BTreeMap<Vec<u32>, u16>,
}

impl<'a> Writer<'a> {
    fn new(dfa: &'a Dense, single: bool) -> Self {
        let bytes = dfa.byte_classes().representatives(0..=255).filter_map(|unit| unit.as_u8()).collect();
        Self { dfa, single, bytes, sets: BTreeMap::from([(Vec::new(), 0)]) }
    }

    /// None where numbers of 16 bits do not reach.
    fn write(mut self) -> Option<Automaton> {
        let start = self.dfa.start_state_forward(&Input::new(b"")).ok()?;
        let (quiet, reporting): (Vec<_>, Vec<_>) =
            self.reached(start).into_iter().partition(|&state| !self.dfa.is_match_state(state));
        let states: Vec<StateID> = quiet.iter().chain(&reporting).copied().collect();
        u16::try_from(states.len()).ok()?;
        let places: BTreeMap<StateID, u16> = states.iter().copied().zip(1..).collect();
        let rows: Vec<Vec<u16>> = states.iter().map(|&state| self.row(state, &places)).collect();
        let (columns, width, next) = self.columns(&rows)?;
        Some(Automaton {
            columns,
            width,
            next,
            start: places.get(&start).copied().unwrap_or(0),
            reporting: u16::try_from(quiet.len() + 1).ok()?,
            entered: reporting.iter().map(|&state| self.set_of(state)).collect::<Option<_>>()?,
            ended: self.ended(&states)?,
            sets: self.sets_in_order(),
        })
    }

    fn reached(&self, start: StateID) -> Vec<StateID> {
        let mut seen = BTreeSet::from([start]);
        let mut queue = VecDeque::from([start]);
        let mut order = Vec::new();
        while let Some(state) = queue.pop_front().filter(|&state| !self.dfa.is_dead_state(state)) {
            order.push(state);
            if !self.is_over(state) {
                let next = self.bytes.iter().map(|&byte| self.dfa.next_state(state, byte));
                queue.extend(next.filter(|&next| !self.dfa.is_dead_state(next) && seen.insert(next)));
            }
        }
        order
    }

    fn is_over(&self, state: StateID) -> bool {
        self.single && self.dfa.is_match_state(state)
    }

    /// Where a state goes by class; a state without a place is the end of the search.
    fn row(&self, state: StateID, places: &BTreeMap<StateID, u16>) -> Vec<u16> {
        let goes = |&byte: &u8| places.get(&self.dfa.next_state(state, byte)).copied().unwrap_or(0);
        self.bytes.iter().map(|byte| if self.is_over(state) { 0 } else { goes(byte) }).collect()
    }

    fn ended(&mut self, states: &[StateID]) -> Option<Vec<u16>> {
        let mut ended = vec![0];
        for &state in states {
            let end = self.dfa.next_eoi_state(state);
            let reports = !self.is_over(state) && self.dfa.is_match_state(end);
            ended.push(if reports { self.set_of(end)? } else { 0 });
        }
        Some(ended)
    }

    fn set_of(&mut self, state: StateID) -> Option<u16> {
        let expressions = (0..self.dfa.match_len(state)).map(|at| self.dfa.match_pattern(state, at).as_u32());
        let set: Vec<u32> = expressions.collect();
        let place = u16::try_from(self.sets.len()).ok()?;
        Some(*self.sets.entry(set).or_insert(place))
    }

    fn sets_in_order(self) -> Vec<Vec<u32>> {
        let mut sets: Vec<(u16, Vec<u32>)> = self.sets.into_iter().map(|(set, place)| (place, set)).collect();
        sets.sort_unstable();
        sets.into_iter().map(|(_, set)| set).collect()
    }

    /// The column of each byte, how many columns there are, and the rows end to end, the first that of state 0. Classes
    /// that no state tells apart share a column.
    fn columns(&self, rows: &[Vec<u16>]) -> Option<(Vec<u8>, u16, Vec<u16>)> {
        let mut known = BTreeMap::new();
        let mut kept = Vec::new();
        let mut of_class = Vec::new();
        for class in 0..self.bytes.len() {
            let column: Vec<u16> = rows.iter().filter_map(|row| row.get(class)).copied().collect();
            let place = u8::try_from(kept.len()).ok();
            of_class.push(*known.entry(column).or_insert_with(|| {
                kept.push(class);
                place
            }));
        }
        if (rows.len() + 1) * kept.len() > MOST_WORDS {
            return None;
        }
        let column_of = |byte: u8| of_class.get(usize::from(self.dfa.byte_classes().get(byte))).copied().flatten();
        let columns = (0..=u8::MAX).map(column_of).collect::<Option<_>>()?;
        let width = u16::try_from(kept.len()).ok()?;
        let mut next = vec![0; kept.len()];
        next.extend(rows.iter().flat_map(|row| kept.iter().filter_map(|&class| row.get(class))));
        Some((columns, width, next))
    }
}
