//! From a checked policy to the bytes of its bundle.

use crate::{
    cel::Condition,
    diagnostic::{Code, Diagnostic},
    lower, note,
    pack::{ModelSource, PolicySource, RuleSource},
    source::Sources,
};
use outwork_engine::{
    bundle::{self, Section},
    limits::Limit,
    rules::Rule,
};
use serde::Serialize;

/// Writes the bundle of a policy without mistakes.
pub(crate) fn assemble(policy: &PolicySource, sources: &Sources) -> Result<Vec<u8>, Box<Diagnostic>> {
    let never = Condition::Constant(false);
    let rules = policy.rules.iter().map(|rule| rule.condition.as_ref().unwrap_or(&never));
    let limits = policy.limits.iter().map(|limit| limit.condition.as_ref().unwrap_or(&never));
    let transactions = policy.transactions.iter().map(|one| one.condition.as_ref().unwrap_or(&never));
    let conditions: Vec<&Condition> = rules.chain(limits).chain(transactions).collect();
    let lowered = lower::lower(&conditions, &policy.lists)?;
    let notes = note::notes(policy, &lowered.atoms, sources);
    let limits: Vec<&Limit> = policy.limits.iter().map(|limit| &limit.limit).collect();
    let sections = [
        (Section::Settings, encode(&policy.settings)?),
        (Section::Rules, encode(&policy.rules.iter().map(|rule| wire_rule(rule, policy)).collect::<Vec<_>>())?),
        (Section::Limits, encode(&limits)?),
        (Section::Conditions, encode(&lowered.table)?),
        (Section::Lists, encode(&lowered.sets)?),
        (Section::Matchers, encode(&lowered.matchers)?),
        (Section::Notes, encode(&notes)?),
        (Section::Models, encode(&policy.models.iter().map(ModelSource::entry).collect::<Vec<_>>())?),
        (Section::Agents, encode(&policy.agents.iter().map(|agent| &agent.agent).collect::<Vec<_>>())?),
        (Section::Transactions, encode(&policy.transactions.iter().map(|one| &one.transaction).collect::<Vec<_>>())?),
    ];
    let sections: Vec<(Section, &[u8])> =
        sections.iter().map(|(section, bytes)| (*section, bytes.as_slice())).collect();
    bundle::write(&policy.version, &sections).map_err(|error| {
        Diagnostic::nowhere(Code::TooLarge, error.to_string()).help("drop list entries or regular expressions").into()
    })
}

fn wire_rule(rule: &RuleSource, policy: &PolicySource) -> Rule {
    let place = |id: &str| policy.limits.iter().position(|limit| limit.id.value == id);
    Rule {
        id: rule.id.value.clone(),
        layer: rule.layer,
        score: rule.score,
        action: rule.action,
        mode: rule.mode,
        limit: rule.limit.as_ref().and_then(|limit| place(&limit.value)).and_then(|place| u16::try_from(place).ok()),
        until: rule.until,
        group: rule.group,
    }
}

fn encode(value: &impl Serialize) -> Result<Vec<u8>, Box<Diagnostic>> {
    postcard::to_allocvec(value)
        .map_err(|error| Diagnostic::nowhere(Code::TooLarge, format!("the policy cannot be written: {error}")).into())
}
