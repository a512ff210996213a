//! Rules that stand in one another's way.

use super::solve::Solver;
use crate::{
    cel::{Condition, FieldKey},
    context::Context,
    diagnostic::{Code, Diagnostic},
    pack::{PolicySource, RuleSource},
};
use outwork_engine::rules::{Action, Mode, wire::Source};
use std::collections::{BTreeMap, BTreeSet};

/// The most pairs of rules that are compared in depth: a bound on the time.
const MAX_PAIRS: usize = 20_000;

/// Compares the rules with one another, without those at the places `silent`.
pub(super) fn check(cx: &mut Context<'_>, solver: &mut Solver<'_>, policy: &PolicySource, silent: &BTreeSet<usize>) {
    let rules: Vec<Candidate<'_>> = policy
        .rules
        .iter()
        .enumerate()
        .filter(|(place, rule)| rule.mode != Mode::Off && !silent.contains(place))
        .filter_map(|(_, rule)| Candidate::of(rule))
        .collect();
    let mut pairs = Pairs { left: MAX_PAIRS };
    let told = shadowed(cx, solver, &rules, &mut pairs);
    same(cx, solver, &rules, &mut pairs, &told);
    outweighed(cx, solver, &rules, &mut pairs);
}

/// A rule, its condition in order, and what it reads.
struct Candidate<'a> {
    rule: &'a RuleSource,
    condition: Condition,
    sources: BTreeSet<Source>,
}

/// How many comparisons may still be made.
struct Pairs {
    left: usize,
}

impl Pairs {
    fn take(&mut self) -> bool {
        self.left = self.left.saturating_sub(1);
        self.left > 0
    }
}

impl<'a> Candidate<'a> {
    fn of(rule: &'a RuleSource) -> Option<Self> {
        let condition = rule.condition.as_ref()?.sorted();
        let mut sources = BTreeSet::new();
        condition.questions(&mut |question| {
            let FieldKey { source, .. } = &question.field;
            sources.insert(source.clone());
        });
        Some(Self { rule, condition, sources })
    }

    /// Whether it counts for every client for as long as another rule does.
    fn stays_with(&self, other: &RuleSource) -> bool {
        let lasts = match (self.rule.until, other.until) {
            (None, _) => true,
            (Some(own), Some(other)) => own >= other,
            (Some(_), None) => false,
        };
        self.rule.mode == Mode::Enforce && lasts
    }

    /// Whether it is true wherever the other is. Only what reads nothing else can be.
    fn covers(&self, other: &Self, solver: &mut Solver<'_>, pairs: &mut Pairs) -> bool {
        self.condition == other.condition
            || self.sources.is_subset(&other.sources)
                && pairs.take()
                && solver.implies(&other.condition, &self.condition)
    }
}

/// In a pack of which the first rule counts: rules of which an earlier one always acts. Gives the ids of these rules.
fn shadowed<'a>(
    cx: &mut Context<'_>,
    solver: &mut Solver<'_>,
    rules: &[Candidate<'a>],
    pairs: &mut Pairs,
) -> BTreeSet<&'a str> {
    let mut told = BTreeSet::new();
    for (at, late) in rules.iter().enumerate() {
        let Some(group) = late.rule.group else { continue };
        let acts = |early: &&Candidate<'_>| {
            early.rule.group == Some(group) && early.rule.action != Action::Score && early.stays_with(late.rule)
        };
        if let Some(early) = rules.iter().take(at).filter(acts).find(|early| early.covers(late, solver, pairs)) {
            told.insert(late.rule.id.value.as_str());
            let message =
                format!("rule `{}` never counts: an earlier one of its pack always comes first", late.rule.id.value);
            let diagnostic = Diagnostic::new(Code::Shadowed, late.rule.id.span.clone(), message)
                .label("never reached")
                .related(early.rule.id.span.clone(), "holds wherever that one does, and acts")
                .help("move it before the other, or take it out");
            cx.warn(&late.rule.accepted, diagnostic);
        }
    }
    told
}

/// Rules with one condition.
fn same(
    cx: &mut Context<'_>,
    solver: &mut Solver<'_>,
    rules: &[Candidate<'_>],
    pairs: &mut Pairs,
    told: &BTreeSet<&str>,
) {
    let mut by_sources: BTreeMap<&BTreeSet<Source>, Vec<&Candidate<'_>>> = BTreeMap::new();
    for rule in rules {
        let alike = by_sources.entry(&rule.sources).or_default();
        let first = alike.iter().find(|first| {
            first.condition == rule.condition || first.covers(rule, solver, pairs) && rule.covers(first, solver, pairs)
        });
        match first {
            Some(first) if !told.contains(rule.rule.id.value.as_str()) => {
                let message =
                    format!("rule `{}` fires exactly where `{}` does", rule.rule.id.value, first.rule.id.value);
                let diagnostic = Diagnostic::new(Code::SameCondition, rule.rule.id.span.clone(), message)
                    .label("the same condition")
                    .related(first.rule.id.span.clone(), "as here")
                    .help("make one rule of the two");
                cx.warn(&rule.rule.accepted, diagnostic);
            }
            Some(_) => {}
            None => alike.push(rule),
        }
    }
}

/// Rules that refuse or tag what an `allow` rule always lets through.
fn outweighed(cx: &mut Context<'_>, solver: &mut Solver<'_>, rules: &[Candidate<'_>], pairs: &mut Pairs) {
    let allows: Vec<&Candidate<'_>> = rules.iter().filter(|rule| rule.rule.action == Action::Allow).collect();
    for rule in rules {
        if !matches!(rule.rule.action, Action::Block | Action::Decoy | Action::Tag) {
            continue;
        }
        let outweighs = |allow: &&&Candidate<'_>| allow.rule.group.is_none() && allow.stays_with(rule.rule);
        if let Some(allow) = allows.iter().filter(outweighs).find(|allow| allow.covers(rule, solver, pairs)) {
            let message = format!(
                "rule `{}` never refuses or tags: `{}` always outweighs it",
                rule.rule.id.value, allow.rule.id.value
            );
            let diagnostic = Diagnostic::new(Code::Outweighed, rule.rule.id.span.clone(), message)
                .label("without effect")
                .related(allow.rule.id.span.clone(), "allows wherever that one fires")
                .help("narrow the condition of the `allow` rule, or take this rule out");
            cx.warn(&rule.rule.accepted, diagnostic);
        }
    }
}
