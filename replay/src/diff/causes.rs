//! Why a verdict changed: reasons that came, went or are another now.

use crate::{Outcome, count::Table};
use outwork_engine::{limits::Charged, policy::Policy, rules::Standing, scoring::Scored};
use serde::Serialize;
use std::collections::HashMap;

/// How a rule, model or limit has to do with a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum How {
    /// It counts under the new policy alone.
    Added,
    /// It counted under the old policy alone.
    Removed,
    /// It counts under both, with other points, another layer or another action.
    Changed,
    /// No reason differs: the settings do, or what the risk is made of.
    Settings,
}

/// Counts causes.
#[derive(Debug)]
pub(crate) struct Causes<'p> {
    old: &'p Policy,
    new: &'p Policy,
    /// The place in the old policy of a rule of the new one.
    before: HashMap<&'p str, usize>,
    /// In millionths of a request.
    pub(crate) rows: Table<(String, How), 1>,
}

impl<'p> Causes<'p> {
    pub(crate) fn new(old: &'p Policy, new: &'p Policy) -> Self {
        let before = (0..).zip(old.rules()).map(|(place, rule)| (rule.id.as_str(), place)).collect();
        Self { old, new, before, rows: Table::default() }
    }

    pub(crate) fn note(&mut self, old: &Outcome<'_>, new: &Outcome<'_>, weight: u64) {
        let (was, is) = (reasons(self.old, old), reasons(self.new, new));
        let added = is.iter().filter(|id| !was.contains(id)).map(|id| (*id, How::Added));
        let removed = was.iter().filter(|id| !is.contains(id)).map(|id| (*id, How::Removed));
        let models = new.judgement.scored.iter().filter_map(|scored| self.is_another(scored));
        let both = new.fired.iter().filter(|(_, standing)| *standing == Standing::Counts);
        let changed = both.filter_map(|(place, _)| self.is_changed(*place)).filter(|id| was.contains(id));
        let mut causes: Vec<_> =
            added.chain(removed).chain(changed.chain(models).map(|id| (id, How::Changed))).collect();
        if causes.is_empty() {
            causes.push(("", How::Settings));
        }
        for (id, how) in causes {
            let key = (id.to_owned(), how);
            let [number] = self.rows.row(&key, || key.clone());
            *number += weight;
        }
    }

    /// The id of a new policy's rule that weighs or asks for something else than in the old one.
    fn is_changed(&self, place: usize) -> Option<&'p str> {
        let rule = self.new.rules().get(place)?;
        let old = self.old.rules().get(*self.before.get(rule.id.as_str())?)?;
        let same = (rule.score, rule.layer, rule.action) == (old.score, old.layer, old.action);
        (!same).then_some(rule.id.as_str())
    }

    /// The reason of a model that counts under both policies and is another one, or worth more or less, in the new one.
    fn is_another(&self, scored: &Scored<'_>) -> Option<&'p str> {
        let slot = self.new.models().slots().get(scored.place).filter(|_| scored.counts)?;
        let old = self.old.models().slots().iter().find(|old| old.id() == slot.id())?;
        let same = (slot.model().id(), slot.points()) == (old.model().id(), old.points());
        (!same).then_some(slot.reason(""))
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.rows.merge(other.rows);
    }
}

/// The rules and models that count and the limits that refuse.
fn reasons<'p>(policy: &'p Policy, outcome: &Outcome<'_>) -> Vec<&'p str> {
    let rules = outcome.fired.iter().filter(|(_, standing)| *standing == Standing::Counts);
    let rules = rules.filter_map(|(place, _)| policy.rules().get(*place)).map(|rule| rule.id.as_str());
    let counting = outcome.judgement.scored.iter().filter(|scored| scored.counts);
    let models = counting.filter_map(|scored| policy.models().slots().get(scored.place)).map(|slot| slot.reason(""));
    let limits = outcome.charged.iter().filter_map(|charged| match charged {
        Charged::Known(outcome) if !outcome.admitted() => policy.limits().get(usize::from(outcome.limit)),
        Charged::Known(_) | Charged::Unknown => None,
    });
    rules.chain(models).chain(limits.map(|limit| limit.id.as_str())).collect()
}
