//! Rules that need what a host cannot see.

use super::solve::Solver;
use crate::{
    cel::{Condition, FieldKey, Test},
    context::Context,
    diagnostic::{Code, Diagnostic},
    hosts::Host,
    pack::{PolicySource, RuleSource},
};
use outwork_engine::rules::{Mode, wire::Source};
use std::collections::BTreeSet;

/// Reports rules that can fire on none of the hosts that are named, one by one; without a name, on no host at all.
pub(super) fn check(
    cx: &mut Context<'_>,
    solver: &mut Solver<'_>,
    policy: &PolicySource,
    silent: &BTreeSet<usize>,
    named: &[Host],
) {
    for (place, rule) in policy.rules.iter().enumerate() {
        let Some(condition) = rule.condition.as_ref().filter(|_| rule.mode != Mode::Off && !silent.contains(&place))
        else {
            continue;
        };
        let signals = signals(condition);
        let asked = if named.is_empty() { &Host::ALL[..] } else { named };
        let blind: Vec<Host> =
            asked.iter().copied().filter(|&host| is_blind(solver, condition, &signals, host)).collect();
        if named.is_empty() && blind.len() == Host::ALL.len() {
            report(cx, rule, "no host".into(), &signals, &blind);
        } else if !named.is_empty() && !blind.is_empty() {
            let hosts: Vec<String> = blind.iter().map(|host| format!("`{host}`")).collect();
            report(cx, rule, hosts.join(" or "), &signals, &blind);
        }
    }
}

fn report(cx: &mut Context<'_>, rule: &RuleSource, hosts: String, signals: &BTreeSet<String>, blind: &[Host]) {
    let never = if blind.len() == Host::ALL.len() { "can fire" } else { "can never fire" };
    let message = format!("rule `{}` {never} on {hosts}", rule.id.value);
    let mut diagnostic = Diagnostic::new(Code::Unseen, rule.when.span.clone(), message)
        .label("needs what is not seen there")
        .help("ask for something else there, leave the host out of `hosts`, or accept this");
    for host in blind {
        let unseen: Vec<String> =
            signals.iter().filter(|signal| !host.sees(signal)).map(|signal| format!("`{signal}`")).collect();
        diagnostic = diagnostic.note(format!("`{host}` does not see {}", unseen.join(", ")));
    }
    cx.warn(&rule.accepted, diagnostic);
}

/// Whether the condition is true for no request whose unseen signals are not known.
fn is_blind(solver: &mut Solver<'_>, condition: &Condition, signals: &BTreeSet<String>, host: Host) -> bool {
    let unseen = signals.iter().filter(|signal| !host.sees(signal));
    let unknown =
        unseen.map(|signal| Condition::ask(FieldKey::plain(Source::Signal(signal.clone())), Test::Known).negated());
    let unknown: Vec<Condition> = unknown.collect();
    !unknown.is_empty() && solver.never(&Condition::all(unknown.into_iter().chain([condition.clone()])))
}

fn signals(condition: &Condition) -> BTreeSet<String> {
    let mut signals = BTreeSet::new();
    condition.questions(&mut |question| {
        for key in std::iter::once(&question.field).chain(question.test.other()) {
            if let Source::Signal(name) = &key.source {
                signals.insert(name.clone());
            }
        }
    });
    signals
}
