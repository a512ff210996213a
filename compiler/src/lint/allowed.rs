//! Rules that let in by less than a proof, or past what a transaction demands.

use super::{
    solve::Solver,
    transactions::{demands, without_body},
};
use crate::{
    cel::{Condition, Literal, Question, Test},
    context::Context,
    diagnostic::{Code, Diagnostic},
    pack::{AgentSource, PolicySource, RuleSource, TransactionSource},
};
use outwork_engine::{
    agents::Outcome,
    rules::{Action, Mode, wire::Source},
};
use std::collections::BTreeSet;

/// Reports them.
pub(super) fn check(cx: &mut Context<'_>, solver: &mut Solver<'_>, policy: &PolicySource) {
    for rule in policy.rules.iter().filter(|rule| rule.mode != Mode::Off) {
        let Some(condition) = &rule.condition else { continue };
        let ways = ways(condition, false, &policy.agents);
        unproven(cx, rule, &ways);
        if rule.action == Action::Allow {
            for one in policy.transactions.iter().filter(|one| one.transaction.mode != Mode::Off && demands(one)) {
                lifted(cx, solver, (rule, condition, &ways), one);
            }
        }
    }
}

/// What one way for a condition to hold asks of a client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Way {
    claim: Claim,
    proof: Proof,
}

/// What it asks that a client can write as it likes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Claim {
    #[default]
    None,
    /// A header, or what is made of the user agent.
    Words,
    /// That it calls itself an agent.
    Name,
}

/// What it asks that a client cannot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Proof {
    #[default]
    None,
    /// A signature of an agent, which whoever saw it can send again until it expires.
    Signature,
    /// An address, or a session.
    Own,
}

fn unproven(cx: &mut Context<'_>, rule: &RuleSource, ways: &BTreeSet<Way>) {
    let (id, any) = (&rule.id.value, |holds: &dyn Fn(&Way) -> bool| ways.iter().any(holds));
    let said = |least: Claim| move |way: &Way| way.claim >= least && way.proof == Proof::None;
    let diagnostic = |message: String| Diagnostic::new(Code::Unproven, rule.id.span.clone(), message);
    let lets_in = matches!(rule.action, Action::Allow | Action::Excuse);
    let found = if lets_in && any(&said(Claim::Words)) || rule.score < 0 && any(&said(Claim::Name)) {
        diagnostic(format!("rule `{id}` favours whoever says the right word"))
            .note("anybody can write a header, a user agent or the name of a crawler")
            .help("ask for a proof as well: `agent.id == \"…\"`, or `client.address in …`")
    } else if rule.action == Action::Allow && any(&|way| way.proof == Proof::Signature) {
        diagnostic(format!("rule `{id}` allows whoever has seen a signature of its agent"))
            .note("a signature can be sent again until it expires, and `allow` goes past blocks, decoys and what transactions demand")
            .help("write `action = \"excuse\"`, which asks no challenge and no more; or ask for `agent.network == \"verified\"` as well")
    } else {
        return;
    };
    cx.warn(&rule.accepted, found);
}

/// A rule that is about a transaction's requests, and knows the client by its address, is meant so.
fn lifted(
    cx: &mut Context<'_>,
    solver: &mut Solver<'_>,
    (rule, condition, ways): (&RuleSource, &Condition, &BTreeSet<Way>),
    one: &TransactionSource,
) {
    let Some(of) = &one.condition else { return };
    let both = Condition::all([condition.clone(), of.clone()]);
    let meant = ways.iter().all(|way| way.proof == Proof::Own) && solver.implies(condition, of);
    if meant || without_body(solver, &both) {
        return;
    }
    let (id, transaction) = (&rule.id.value, &one.id.value);
    let message = format!("rule `{id}` lets requests past what the transaction `{transaction}` demands");
    let diagnostic = Diagnostic::new(Code::LiftedDemand, rule.id.span.clone(), message)
        .label("an `allow` that can hold for its requests")
        .related(one.id.span.clone(), "wants an observed window, or a challenge")
        .help("write `action = \"excuse\"`, or leave the transaction's requests out of the condition; a partner's orders are a rule of their own, about these requests and its addresses");
    cx.warn(&rule.accepted, diagnostic);
}

/// The ways in which a condition can hold, by what they ask of the client: no more than there are pairs of claim and proof.
fn ways(condition: &Condition, negated: bool, agents: &[AgentSource]) -> BTreeSet<Way> {
    let of = |part: &Condition| ways(part, negated, agents);
    match (condition, negated) {
        (Condition::Constant(value), _) => (*value != negated).then(Way::default).into_iter().collect(),
        (Condition::Not(inner), _) => ways(inner, !negated, agents),
        // That something is not so is neither a claim nor a proof.
        (Condition::Ask(_), true) => BTreeSet::from([Way::default()]),
        (Condition::Ask(question), false) => BTreeSet::from([asked(question, agents)]),
        (Condition::All(parts), false) | (Condition::Any(parts), true) => {
            parts.iter().map(of).fold(BTreeSet::from([Way::default()]), |all, part| both(&all, &part))
        }
        (Condition::Any(parts), false) | (Condition::All(parts), true) => parts.iter().flat_map(of).collect(),
    }
}

fn both(first: &BTreeSet<Way>, second: &BTreeSet<Way>) -> BTreeSet<Way> {
    let with = |a: Way| second.iter().map(move |b| Way { claim: a.claim.max(b.claim), proof: a.proof.max(b.proof) });
    first.iter().copied().flat_map(with).collect()
}

fn asked(Question { field, test }: &Question, agents: &[AgentSource]) -> Way {
    let known = matches!(test, Test::Known | Test::Present);
    let state = known || matches!(test, Test::Absent | Test::Unavailable);
    let verified =
        matches!(test, Test::Literals(words) if words.iter().all(|word| word.text == Outcome::Verified.name()));
    let signed = |named: &dyn Fn(&AgentSource) -> bool| {
        let signs = |agent: &AgentSource| agent.agent.directory.is_some() || !agent.agent.keys.is_empty();
        if agents.iter().any(|agent| named(agent) && signs(agent)) { Proof::Signature } else { Proof::Own }
    };
    let proof = match &field.source {
        Source::Signal(name) => match name.as_str() {
            "agent.id" if !state || known => signed(&|agent| is_one(test, &agent.agent.id)),
            "agent.purpose" if !state || known => signed(&|agent| is_one(test, agent.agent.purpose.name())),
            "agent.signature" if verified => Proof::Signature,
            "agent.network" if verified => Proof::Own,
            "client.address" | "network.asn" | "session.window" | "session.valid" | "session.clearance" if !state => {
                Proof::Own
            }
            _ => Proof::None,
        },
        _ => Proof::None,
    };
    let claim = match &field.source {
        Source::Signal(name) if name == "agent.claimed" => Claim::Name,
        Source::Signal(name) if name.starts_with("ua.") && !state => Claim::Words,
        Source::Header(_) | Source::Cookie(_) | Source::Param(_) if !state => Claim::Words,
        _ => Claim::None,
    };
    Way { claim, proof }
}

/// Whether a test can hold for this word; for one that is not about words it can.
fn is_one(test: &Test, word: &str) -> bool {
    let Test::Literals(literals) = test else { return true };
    literals.iter().any(|literal: &Literal| super::agents::may_be(literal, word))
}
