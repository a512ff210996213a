//! Conditions that never hold, always hold, or have parts that decide nothing.

use super::solve::Solver;
use crate::{
    cel::{Condition, Shape, Test, Tree},
    context::Context,
    diagnostic::{Code, Diagnostic},
    pack::{Accepted, PolicySource},
};
use std::collections::BTreeSet;

/// Conditions with more parts are checked as a whole only.
const MAX_PARTS: usize = 64;

/// Checks every condition; gives the places of the rules whose conditions never or always hold, of which nothing more
/// need be said.
pub(super) fn check(cx: &mut Context<'_>, solver: &mut Solver<'_>, policy: &PolicySource) -> BTreeSet<usize> {
    let mut silent = BTreeSet::new();
    for (place, rule) in policy.rules.iter().enumerate() {
        let subject = Subject { name: format!("rule `{}`", rule.id.value), accepted: &rule.accepted };
        if let Some(tree) = &rule.tree
            && subject.check(cx, solver, tree)
        {
            silent.insert(place);
        }
    }
    for limit in &policy.limits {
        let subject = Subject { name: format!("limit `{}`", limit.id.value), accepted: &limit.accepted };
        if let Some(tree) = &limit.tree {
            subject.check(cx, solver, tree);
        }
    }
    for one in &policy.transactions {
        let subject = Subject { name: format!("transaction `{}`", one.id.value), accepted: &one.accepted };
        if let Some(tree) = &one.tree {
            subject.check(cx, solver, tree);
        }
    }
    silent
}

/// Whose condition it is.
struct Subject<'a> {
    name: String,
    accepted: &'a [Accepted],
}

impl Subject<'_> {
    /// Checks a condition; tells whether it is the same for every request.
    fn check(&self, cx: &mut Context<'_>, solver: &mut Solver<'_>, tree: &Tree) -> bool {
        let condition = tree.condition();
        if solver.never(&condition) {
            self.never(cx, solver, tree);
            return true;
        }
        // Whoever writes `true` means it.
        if solver.always(&condition) {
            if !matches!(tree.shape, Shape::Leaf(Condition::Constant(true))) {
                let message = format!("the condition of {} holds for every request", self.name);
                let diagnostic = Diagnostic::new(Code::AlwaysHolds, tree.span.clone(), message)
                    .label("always true")
                    .help("write `true` if that is meant");
                cx.warn(self.accepted, diagnostic);
            }
            return true;
        }
        self.redundant(cx, solver, tree, &condition);
        false
    }

    /// Points at the smallest part that can never be true, or at two that exclude each other.
    fn never(&self, cx: &mut Context<'_>, solver: &mut Solver<'_>, tree: &Tree) {
        let part = smallest(solver, tree);
        let message = format!("the condition of {} never holds", self.name);
        let mut diagnostic = Diagnostic::new(Code::NeverFires, part.span.clone(), message);
        diagnostic = match excluded(solver, part) {
            Some((first, second)) => Diagnostic { place: Some(second.span.clone()), ..diagnostic }
                .label("never together with the other part")
                .related(first.span.clone(), "this part"),
            None => diagnostic.label("true for no request"),
        };
        cx.warn(self.accepted, diagnostic.help("correct the part that is wrong, or take it all out"));
    }

    fn redundant(&self, cx: &mut Context<'_>, solver: &mut Solver<'_>, tree: &Tree, condition: &Condition) {
        let mut parts = Vec::new();
        collect(tree, &mut parts);
        if parts.len() > MAX_PARTS {
            return;
        }
        let mut left_out: Vec<(&Tree, bool)> = Vec::new();
        // The last first: of two parts that say the same, the one written first stays.
        for part in parts.into_iter().rev() {
            if is_guard(part) || left_out.iter().any(|(outer, _)| holds(outer, part)) {
                continue;
            }
            for value in [true, false] {
                left_out.push((part, value));
                let without = tree.with(&|part| {
                    let found = left_out.iter().find(|(left_out, _)| std::ptr::eq(*left_out, part));
                    found.map(|(_, value)| Condition::Constant(*value))
                });
                if solver.implies(condition, &without) && solver.implies(&without, condition) {
                    break;
                }
                left_out.pop();
            }
        }
        left_out.sort_by_key(|(part, _)| part.range.start);
        for (part, value) in &left_out {
            if left_out.iter().any(|(outer, _)| !std::ptr::eq(*outer, *part) && holds(outer, part)) {
                continue;
            }
            let message = format!("a part of the condition of {} decides nothing", self.name);
            let label = if *value { "true wherever the rest is" } else { "true nowhere that the rest is not" };
            let diagnostic = Diagnostic::new(Code::Redundant, part.span.clone(), message).label(label);
            cx.warn(self.accepted, diagnostic.help("leave it out, or correct it"));
        }
    }
}

/// The parts of connectives, outer ones before inner ones in reverse.
fn collect<'t>(tree: &'t Tree, parts: &mut Vec<&'t Tree>) {
    for part in tree.parts() {
        collect(part, parts);
        // What is negated is as needed as its negation.
        if !matches!(tree.shape, Shape::Not(_)) {
            parts.push(part);
        }
    }
}

fn holds(outer: &Tree, part: &Tree) -> bool {
    outer.range.start <= part.range.start && part.range.end <= outer.range.end
}

/// Whether it only asks whether something is known: many write that beside a comparison for clarity.
fn is_guard(part: &Tree) -> bool {
    let mut guard = true;
    part.condition().questions(&mut |question| {
        guard &= matches!(question.test, Test::Known | Test::Absent | Test::Unavailable | Test::Present);
    });
    guard
}

fn smallest<'t>(solver: &mut Solver<'_>, tree: &'t Tree) -> &'t Tree {
    if matches!(tree.shape, Shape::Not(_)) {
        return tree;
    }
    match tree.parts().iter().find(|part| solver.never(&part.condition())) {
        Some(part) => smallest(solver, part),
        None => tree,
    }
}

/// Two parts of a conjunction that are never true together.
fn excluded<'t>(solver: &mut Solver<'_>, tree: &'t Tree) -> Option<(&'t Tree, &'t Tree)> {
    let Shape::All(parts) = &tree.shape else { return None };
    for (at, second) in parts.iter().enumerate().take(MAX_PARTS) {
        for first in parts.iter().take(at) {
            if solver.never(&Condition::all([first.condition(), second.condition()])) {
                return Some((first, second));
            }
        }
    }
    None
}
