//! What in a policy is probably not meant, though it can be built.

mod address;
mod agents;
mod allowed;
mod automaton;
mod conditions;
mod field;
mod formula;
mod number;
mod rules;
mod shared;
mod solve;
mod text;
mod transactions;
mod unseen;
mod unused;
mod walk;

use crate::{
    context::Context,
    diagnostic::{Code, Diagnostic},
    options::Options,
    pack::PolicySource,
};
use solve::Solver;

/// Reports what is probably not meant. Does nothing to a policy with mistakes, of which parts may be missing.
pub(crate) fn lint(cx: &mut Context<'_>, policy: &PolicySource, options: &Options) {
    if cx.has_errors() {
        return;
    }
    let mut solver = Solver::new(&policy.lists);
    let silent = conditions::check(cx, &mut solver, policy);
    rules::check(cx, &mut solver, policy, &silent);
    let hosts = if options.hosts.is_empty() { &policy.hosts } else { &options.hosts };
    unseen::check(cx, &mut solver, policy, &silent, hosts);
    transactions::check(cx, &mut solver, policy, hosts);
    allowed::check(cx, &mut solver, policy);
    unused::check(cx, policy);
    shared::check(cx, policy);
    agents::check(cx, policy);
    published(cx, policy, options);
    lifetime(cx, policy, options);
    accepted(cx, options);
}

/// Rules that have ended, and those that nothing tests.
fn lifetime(cx: &mut Context<'_>, policy: &PolicySource, options: &Options) {
    for rule in &policy.rules {
        if rule.until.zip(options.now).is_some_and(|(until, now)| until <= now) {
            let message = format!("rule `{}` has expired", rule.id.value);
            let help = "take it out and name its id in `retired`, or set `until` to a later day";
            cx.warn(&rule.accepted, Diagnostic::new(Code::Expired, rule.id.span.clone(), message).help(help));
        }
        if options.untested && rule.tests.is_empty() {
            let message = format!("rule `{}` has no test", rule.id.value);
            let help = "add `[[rule.test]]` with a `request` and whether the rule `fires`";
            cx.warn(&rule.accepted, Diagnostic::new(Code::Untested, rule.id.span.clone(), message).help(help));
        }
    }
    for one in policy.transactions.iter().filter(|one| options.untested && one.tests.is_empty()) {
        let message = format!("transaction `{}` has no test", one.id.value);
        let help = "add `[[transaction.test]]` with a `request` and whether the transaction `fires`";
        cx.warn(&one.accepted, Diagnostic::new(Code::Untested, one.id.span.clone(), message).help(help));
    }
}

/// How many days a list of networks is good for: operators announce new ones weeks before they use them, and some do not.
pub const FRESH_DAYS: u64 = 60;

/// Lists of networks that are old, or do not say of which day they are: one warning for all of them, at the first.
fn published(cx: &mut Context<'_>, policy: &PolicySource, options: &Options) {
    let Some(today) = options.now.map(|now| now / 86_400) else { return };
    let mut stale = Vec::new();
    for list in &policy.list_names {
        let Some(source) = &list.source else { continue };
        // A day that is to come is none that a list can be of.
        let age = source.day.and_then(|day| (today + 1).checked_sub(day)).map(|age| age.saturating_sub(1));
        let said = match age {
            Some(age) if age <= FRESH_DAYS => continue,
            Some(age) => format!("`{}` is {age} days old", list.name),
            None => format!("`{}` does not say of which day it is", list.name),
        };
        let diagnostic = Diagnostic::new(Code::OldList, source.span.clone(), format!("the list {said}"));
        if list.accepted.iter().any(|accepted| accepted.code == Code::OldList) {
            cx.warn(&list.accepted, diagnostic);
        } else {
            stale.push((diagnostic, said));
        }
    }
    let more: Vec<String> = stale.iter().skip(1).map(|(_, said)| said.clone()).collect();
    let Some((first, _)) = stale.into_iter().next() else { return };
    let help = "run `outwork lists update`: an agent's new networks look like an impostor's until then";
    let note = (!more.is_empty()).then(|| format!("and {} more: {}", more.len(), more.join(", ")));
    cx.report(note.map_or_else(|| first.clone(), |note| first.clone().note(note)).help(help));
}

/// Warnings that were accepted for nothing. What depends on the day or on options may be raised another time.
fn accepted(cx: &mut Context<'_>, options: &Options) {
    for accepted in cx.accepted_in_vain() {
        let depends = match accepted.code {
            Code::Expired | Code::Unseen | Code::UnreadBody | Code::OldList => true,
            Code::Untested => !options.untested,
            _ => false,
        };
        if !depends {
            let message = format!("`{}` is accepted here, and is not raised", accepted.code.id());
            cx.report(Diagnostic::new(Code::NotRaised, accepted.span, message).help("leave it out"));
        }
    }
}
