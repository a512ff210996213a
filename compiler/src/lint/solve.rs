//! Whether a condition can hold at all: a tableau over claims, with what each field's values allow.
//!
//! The answer is never wrong in one direction: what is called impossible is. What would take too long to find out is
//! called possible.

use super::{
    field::Fields,
    formula::{Claim, Formula, Literal, Questions},
};
use crate::{cel::Condition, lists::Contents};

/// The most branches of one question to the solver.
const MAX_BRANCHES: u32 = 500;

/// Answers questions about conditions.
pub(super) struct Solver<'a> {
    questions: Questions,
    fields: Fields<'a>,
    branches: u32,
}

impl<'a> Solver<'a> {
    pub(super) fn new(lists: &'a [Contents]) -> Self {
        Self { questions: Questions::default(), fields: Fields::new(lists), branches: 0 }
    }

    /// Whether the condition is true for no request.
    pub(super) fn never(&mut self, condition: &Condition) -> bool {
        self.impossible(&[(condition, Claim::True)])
    }

    /// Whether the condition is true for every request.
    pub(super) fn always(&mut self, condition: &Condition) -> bool {
        self.impossible(&[(condition, Claim::NotTrue)])
    }

    /// Whether the second is true wherever the first is.
    pub(super) fn implies(&mut self, first: &Condition, second: &Condition) -> bool {
        self.impossible(&[(first, Claim::True), (second, Claim::NotTrue)])
    }

    fn impossible(&mut self, claims: &[(&Condition, Claim)]) -> bool {
        let formulas: Vec<Formula> =
            claims.iter().map(|(condition, claim)| self.questions.formula(condition, *claim)).collect();
        self.branches = 0;
        !self.possible(&mut Vec::new(), formulas.iter().collect())
    }

    /// Whether all of `literals` and `open` can hold together.
    fn possible(&mut self, literals: &mut Vec<Literal>, open: Vec<&Formula>) -> bool {
        self.branches += 1;
        if self.branches > MAX_BRANCHES {
            return true;
        }
        let before = literals.len();
        let choices = self.settle(literals, open);
        let possible = choices.is_some_and(|choices| self.choose(literals, choices));
        literals.truncate(before);
        possible
    }

    /// Takes in what must hold; gives what remains to choose from, or nothing when it cannot hold.
    fn settle<'f>(&self, literals: &mut Vec<Literal>, mut open: Vec<&'f Formula>) -> Option<Vec<&'f Vec<Formula>>> {
        let mut choices = Vec::new();
        while let Some(formula) = open.pop() {
            match formula {
                Formula::Constant(true) => {}
                Formula::Constant(false) => return None,
                Formula::Claim(literal) if literals.contains(literal) => {}
                Formula::Claim(literal) => literals.push(*literal),
                Formula::All(parts) => open.extend(parts),
                Formula::Any(parts) => choices.push(parts),
            }
        }
        Some(choices)
    }

    fn choose(&mut self, literals: &mut Vec<Literal>, mut choices: Vec<&Vec<Formula>>) -> bool {
        if !self.fields.agree(&self.questions, literals) {
            return false;
        }
        // What is settled already is no choice.
        choices.retain(|parts| {
            !parts.iter().any(|part| match part {
                Formula::Constant(value) => *value,
                Formula::Claim(literal) => literals.contains(literal),
                Formula::All(_) | Formula::Any(_) => false,
            })
        });
        let Some(fewest) = (0..choices.len()).min_by_key(|&at| choices.get(at).map_or(0, |parts| parts.len())) else {
            return true;
        };
        let parts = choices.swap_remove(fewest);
        let rest = choices.into_iter();
        // The parts of a choice that was put off are formulas of their own again.
        let others: Vec<Formula> = rest.map(|parts| Formula::Any(parts.clone())).collect();
        parts.iter().any(|part| self.possible(literals, std::iter::once(part).chain(&others).collect()))
    }
}
