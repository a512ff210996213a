//! Why: the rules, models and limits behind a decision, the weightiest first.

use crate::{
    limits::Rung,
    rules::{Action, Rule},
    scoring::Scored,
    transaction::{Otherwise, Transaction},
};
use alloc::vec::Vec;

/// The most reasons a decision gives; the rest are counted.
pub const MAX_REASONS: usize = 12;

/// One reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason<'a> {
    /// The id of a rule, of a model's reason, of a limit, or of a transaction.
    pub id: &'a str,
    /// The points that it counted; 0 for a limit or a transaction.
    pub score: i16,
    /// What it asked for.
    pub action: Action,
    /// Where the client stands with a limit; none for what is no limit.
    pub limit: Option<Stand>,
}

/// Where a client stands with a limit that asks for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stand {
    /// What it asks for.
    pub rung: Rung,
    /// The level on its ladder; 0 for none.
    pub level: u8,
    /// Microseconds until a request like this one would be admitted.
    pub wait: u64,
}

/// The reasons of a decision, bounded.
#[derive(Clone, Debug, Default)]
pub struct Reasons<'a> {
    // INVARIANT: at most MAX_REASONS, the weightiest first.
    counted: Vec<Reason<'a>>,
    // INVARIANT: at most MAX_REASONS, in the order of the policy.
    shadowed: Vec<&'a str>,
    dropped: u32,
}

impl<'a> Reasons<'a> {
    /// Room for every reason that will be kept.
    pub fn new() -> Self {
        Self { counted: Vec::with_capacity(MAX_REASONS), ..Self::default() }
    }

    /// Takes in a rule that fired and counts.
    pub fn count(&mut self, rule: &'a Rule) {
        self.insert(Reason { id: &rule.id, score: rule.score, action: rule.action, limit: None });
    }

    /// Takes in what moved a model that counts: after the rules.
    pub fn model(&mut self, scored: &Scored<'a>) {
        for (id, score) in scored.reasons() {
            self.insert(Reason { id, score, action: Action::Score, limit: None });
        }
    }

    /// Takes in a limit that asks for something.
    pub fn limit(&mut self, id: &'a str, stand: Stand) {
        let action = match stand.rung {
            Rung::Tag => Action::Tag,
            Rung::Throttle => Action::Throttle,
            Rung::Challenge => Action::Challenge,
            Rung::Block => Action::Block,
        };
        self.insert(Reason { id, score: 0, action, limit: Some(stand) });
    }

    /// Takes in why a client was not challenged that would have been.
    pub fn pass(&mut self, id: &'static str) {
        self.insert(Reason { id, score: 0, action: Action::Tag, limit: None });
    }

    /// Takes in a transaction whose window is not as it demands.
    pub fn unmet(&mut self, transaction: &'a Transaction) {
        let action = match transaction.otherwise {
            Otherwise::Tag => Action::Tag,
            Otherwise::Challenge => Action::Challenge,
            Otherwise::Block => Action::Block,
        };
        self.insert(Reason { id: transaction.reason(), score: 0, action, limit: None });
    }

    /// Takes in why a body could not be bound.
    pub fn unfit(&mut self, id: &'static str) {
        self.insert(Reason { id, score: 0, action: Action::Block, limit: None });
    }

    /// Takes in a rule that fired without counting.
    pub fn shadow(&mut self, rule: &'a Rule) {
        self.shadow_of(&rule.id);
    }

    /// Takes in what would have been a reason, had it counted.
    pub fn shadow_of(&mut self, id: &'a str) {
        if self.shadowed.len() < MAX_REASONS {
            self.shadowed.push(id);
        } else {
            self.dropped = self.dropped.saturating_add(1);
        }
    }

    /// The reasons that counted, the weightiest first.
    pub fn counted(&self) -> &[Reason<'a>] {
        &self.counted
    }

    /// The rules that fired in shadow, and the transaction that would have asked for something.
    pub fn shadowed(&self) -> &[&'a str] {
        &self.shadowed
    }

    /// How many reasons were dropped for want of room.
    pub fn dropped(&self) -> u32 {
        self.dropped
    }

    fn insert(&mut self, reason: Reason<'a>) {
        let at = self.counted.partition_point(|known| weight(known) >= weight(&reason));
        if at >= MAX_REASONS {
            self.dropped = self.dropped.saturating_add(1);
            return;
        }
        if self.counted.len() == MAX_REASONS {
            self.counted.pop();
            self.dropped = self.dropped.saturating_add(1);
        }
        self.counted.insert(at, reason);
    }
}

/// What was asked for outweighs points; among equals the policy's order stays.
fn weight(reason: &Reason<'_>) -> (Action, u16) {
    (reason.action, reason.score.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Mode;
    use alloc::{format, vec::Vec};

    fn rule(id: &str, score: i16, action: Action) -> Rule {
        Rule { id: id.into(), layer: None, score, action, mode: Mode::Enforce, limit: None, until: None, group: None }
    }

    #[test]
    fn the_weightiest_reasons_stay_and_the_rest_is_counted() {
        let rules: Vec<_> = (0..20).map(|n| rule(&format!("r{n}"), n, Action::Score)).collect();
        let blocking = rule("b", 0, Action::Block);
        let mut reasons = Reasons::new();
        rules.iter().for_each(|rule| reasons.count(rule));
        reasons.count(&blocking);
        let ids: Vec<_> = reasons.counted().iter().map(|reason| reason.id).collect();
        assert_eq!(ids.len(), MAX_REASONS);
        assert_eq!(ids[..3], ["b", "r19", "r18"]);
        assert_eq!(reasons.dropped(), 9);
    }

    #[test]
    fn equals_stay_in_the_order_of_the_policy() {
        let rules = [rule("a", 5, Action::Score), rule("b", -5, Action::Score)];
        let mut reasons = Reasons::new();
        rules.iter().for_each(|rule| reasons.count(rule));
        assert_eq!(reasons.counted().iter().map(|reason| reason.id).collect::<Vec<_>>(), ["a", "b"]);
    }
}
