//! Three-valued conditions as two-valued formulas: what is claimed of each question's answer.

use crate::cel::{Condition, Question, Test};
use std::collections::BTreeMap;

/// What is claimed of an answer that is true, false or unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Claim {
    True,
    False,
    NotTrue,
    NotFalse,
}

impl Claim {
    /// The same claim about the negated condition.
    fn negated(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::NotTrue => Self::NotFalse,
            Self::NotFalse => Self::NotTrue,
        }
    }

    /// Whether an answer is as claimed; none is an unknown one.
    pub(super) fn fits(self, answer: Option<bool>) -> bool {
        match self {
            Self::True => answer == Some(true),
            Self::False => answer == Some(false),
            Self::NotTrue => answer != Some(true),
            Self::NotFalse => answer != Some(false),
        }
    }

    /// Whether a claim about a known answer is that it is true.
    pub(super) fn wants_true(self) -> bool {
        matches!(self, Self::True | Self::NotFalse)
    }
}

/// A claim about the answer of a question, by its number among the [`Questions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Literal {
    pub(super) question: usize,
    pub(super) claim: Claim,
}

/// Claims, all or any of which shall hold.
#[derive(Clone, Debug)]
pub(super) enum Formula {
    Constant(bool),
    Claim(Literal),
    All(Vec<Formula>),
    Any(Vec<Formula>),
}

/// Every question that was met, once.
#[derive(Debug, Default)]
pub(super) struct Questions {
    numbers: BTreeMap<Question, usize>,
    list: Vec<Question>,
}

impl Questions {
    pub(super) fn get(&self, number: usize) -> Option<&Question> {
        self.list.get(number)
    }

    fn number(&mut self, question: &Question) -> usize {
        if let Some(&number) = self.numbers.get(question) {
            return number;
        }
        self.list.push(question.clone());
        self.numbers.insert(question.clone(), self.list.len() - 1);
        self.list.len() - 1
    }

    /// The formula that is true exactly when the condition's answer is as claimed.
    pub(super) fn formula(&mut self, condition: &Condition, claim: Claim) -> Formula {
        match condition {
            Condition::Constant(value) => Formula::Constant(claim.fits(Some(*value))),
            Condition::Ask(question) => self.claim(question, claim),
            Condition::Not(inner) => self.formula(inner, claim.negated()),
            Condition::All(parts) => self.parts(parts, claim, claim.wants_true()),
            Condition::Any(parts) => self.parts(parts, claim, !claim.wants_true()),
        }
    }

    fn parts(&mut self, parts: &[Condition], claim: Claim, all: bool) -> Formula {
        let parts = parts.iter().map(|part| self.formula(part, claim)).collect();
        if all { Formula::All(parts) } else { Formula::Any(parts) }
    }

    fn claim(&mut self, question: &Question, claim: Claim) -> Formula {
        let literal = |number| Formula::Claim(Literal { question: number, claim });
        let first = literal(self.number(question));
        match (question.test.other(), claim) {
            // Two fields can be compared only when both are known.
            (Some(other), Claim::True | Claim::False) => {
                let known = Question { field: other.clone(), test: Test::Known };
                let known = Literal { question: self.number(&known), claim: Claim::True };
                Formula::All(vec![first, Formula::Claim(known)])
            }
            _ => first,
        }
    }
}
