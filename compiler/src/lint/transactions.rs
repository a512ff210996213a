//! Transactions that protect less than they seem to.

use super::solve::Solver;
use crate::{
    cel::{Condition, FieldKey, Literal, Test},
    context::Context,
    diagnostic::{Code, Diagnostic},
    hosts::Host,
    pack::{PolicySource, TransactionSource},
};
use outwork_engine::{
    rules::{Mode, wire::Source},
    transaction::{Demand, Otherwise, OverCap},
};
use std::collections::BTreeSet;

/// Methods whose requests have no body that means something (RFC 9110, 9.3).
const WITHOUT_BODY: [&str; 4] = ["GET", "HEAD", "OPTIONS", "TRACE"];

/// Reports transactions that bind what has no body, that come too late, that leave people no way, or that a host does not bind.
pub(super) fn check(cx: &mut Context<'_>, solver: &mut Solver<'_>, policy: &PolicySource, named: &[Host]) {
    for (at, one) in policy.transactions.iter().enumerate() {
        let Some(condition) = one.condition.as_ref().filter(|_| one.transaction.mode != Mode::Off) else { continue };
        if solver.never(condition) {
            continue;
        }
        late(cx, solver, policy.transactions.iter().take(at), (one, condition));
        no_way(cx, one);
        if one.transaction.body.is_some() {
            nothing_bound(cx, solver, (one, condition));
            unread(cx, one, named);
        }
    }
}

/// A request is of one transaction, the first that holds.
fn late<'a>(
    cx: &mut Context<'_>,
    solver: &mut Solver<'_>,
    earlier: impl Iterator<Item = &'a TransactionSource>,
    (one, condition): (&TransactionSource, &Condition),
) {
    let in_force = earlier.filter(|early| early.transaction.mode == Mode::Enforce);
    let mut covering =
        in_force.filter(|early| early.condition.as_ref().is_some_and(|early| solver.implies(condition, early)));
    if let Some(early) = covering.next() {
        let message = format!("every request of the transaction `{}` is of an earlier one", one.id.value);
        let diagnostic = Diagnostic::new(Code::LateTransaction, one.id.span.clone(), message)
            .related(early.id.span.clone(), "this one comes first")
            .help("a request is of the first transaction that holds: put this one before it, or narrow that one");
        cx.warn(&one.accepted, diagnostic);
    }
}

/// Whether what a condition holds for never has a body.
pub(super) fn without_body(solver: &mut Solver<'_>, condition: &Condition) -> bool {
    let is = |text: &str| Literal { from_start: true, to_end: true, text: text.into() };
    let methods = Test::Literals(WITHOUT_BODY.map(is).into_iter().collect::<BTreeSet<_>>().into());
    let others = Condition::ask(FieldKey::plain(Source::Signal("request.method".into())), methods).negated();
    solver.never(&Condition::all([condition.clone(), others]))
}

/// Whether it wants anything of whoever was not observed.
pub(super) fn demands(one: &TransactionSource) -> bool {
    one.transaction.window != Demand::Any
}

fn nothing_bound(cx: &mut Context<'_>, solver: &mut Solver<'_>, (one, condition): (&TransactionSource, &Condition)) {
    if without_body(solver, condition) {
        let message = format!("the transaction `{}` binds the body of requests that have none", one.id.value);
        let diagnostic = Diagnostic::new(Code::NoBody, one.when.span.clone(), message)
            .label("only GET, HEAD, OPTIONS or TRACE")
            .help("ask for the method that moves something, such as `request.method == \"POST\"`, or leave `bind_body` out");
        cx.warn(&one.accepted, diagnostic);
    }
}

/// Who runs no script, or asks not to be observed, has no window and never will.
fn no_way(cx: &mut Context<'_>, one: &TransactionSource) {
    if one.transaction.otherwise == Otherwise::Block && demands(one) {
        let message = format!("the transaction `{}` blocks everybody who was not observed", one.id.value);
        let diagnostic = Diagnostic::new(Code::NoWay, one.id.span.clone(), message)
            .note("visitors without scripts or with Global Privacy Control are never observed: they can never finish")
            .help("write `otherwise = \"challenge\"`, which they can pass; or accept this");
        cx.warn(&one.accepted, diagnostic);
    }
}

/// Istio's own resources cannot ask its proxies for bodies.
fn unread(cx: &mut Context<'_>, one: &TransactionSource, named: &[Host]) {
    if named.contains(&Host::Istio) {
        let message = format!(
            "the transaction `{}` binds bodies, which `istio` hands over only with an EnvoyFilter",
            one.id.value
        );
        let becomes = match one.transaction.body.map(|body| body.over) {
            Some(OverCap::Unbound) => "with a WasmPlugin alone its requests go on unbound",
            Some(OverCap::Refuse) | None => "with a WasmPlugin alone its requests with a body are refused",
        };
        let diagnostic = Diagnostic::new(Code::UnreadBody, one.id.span.clone(), message)
            .note(becomes)
            .help("use envoy-config/istio/envoyfilter.yaml and accept this, or leave the host out of `hosts`");
        cx.warn(&one.accepted, diagnostic);
    }
}
