//! Several expressions in one table, so that one search answers them all.
//!
//! A table of two expressions has a state for each pair of states that one text can lead to: often hardly more than
//! both have alone, sometimes as many as their product. Only building it tells.

use super::table::{self, Limits};
use outwork_engine::rules::Automaton;
use regex_syntax::hir::Hir;
use std::{borrow::Cow, ops::Range};

/// The most bytes that the table of a group has.
const MAX_BYTES: usize = 64 << 10;

/// What building a group may take: it is given up soon, for its members have their tables.
const LIMITS: Limits = Limits { nfa: 256 << 10, dfa: 256 << 10, work: 1 << 20 };

/// What all groups of a policy may take: what is left stays single.
pub(crate) struct Allowance {
    bytes: usize,
    steps: u64,
}

impl Default for Allowance {
    fn default() -> Self {
        Self { bytes: 2 << 20, steps: 1_000_000_000 }
    }
}

/// Neighbours in groups: which expressions, and their table.
pub(crate) fn group<'a>(
    expressions: &[(&Hir, &'a Automaton)],
    allowance: &mut Allowance,
) -> Vec<(Range<usize>, Cow<'a, Automaton>)> {
    let mut grouper = Grouper { expressions, groups: Vec::new(), allowance };
    let mut start = 0;
    let mut sum = 0;
    for (at, (_, table)) in expressions.iter().enumerate() {
        if sum + table.bytes() > MAX_BYTES {
            grouper.add(start..at);
            (start, sum) = (at, 0);
        }
        sum += table.bytes();
    }
    grouper.add(start..expressions.len());
    grouper.groups
}

struct Grouper<'e, 'a> {
    allowance: &'e mut Allowance,
    expressions: &'e [(&'e Hir, &'a Automaton)],
    groups: Vec<(Range<usize>, Cow<'a, Automaton>)>,
}

impl Grouper<'_, '_> {
    /// One table for these where it stays small, else two for their halves.
    fn add(&mut self, members: Range<usize>) {
        let own = self.expressions.get(members.clone()).unwrap_or_default();
        if let [(_, table)] = own {
            return self.groups.push((members, Cow::Borrowed(table)));
        }
        if own.is_empty() {
            return;
        }
        if let Some(table) = self.build(own) {
            return self.groups.push((members, Cow::Owned(table)));
        }
        let middle = members.start + own.len() / 2;
        self.add(members.start..middle);
        self.add(middle..members.end);
    }

    fn build(&mut self, members: &[(&Hir, &Automaton)]) -> Option<Automaton> {
        if self.allowance.steps == 0 {
            return None;
        }
        let expressions: Vec<&Hir> = members.iter().map(|(expression, _)| *expression).collect();
        let built = table::build(&expressions, LIMITS);
        self.allowance.steps = self.allowance.steps.saturating_sub(built.steps);
        let table = built.table.ok().filter(|table| table.bytes() <= MAX_BYTES.min(self.allowance.bytes))?;
        self.allowance.bytes -= table.bytes();
        Some(table)
    }
}
