//! What nothing uses.

use crate::{
    context::Context,
    diagnostic::{Code, Diagnostic},
    pack::{PolicySource, RuleSource},
};
use outwork_engine::rules::{Action, Mode};
use std::collections::BTreeSet;

/// Reports lists that no condition asks about, and limits that nothing charges.
pub(super) fn check(cx: &mut Context<'_>, policy: &PolicySource) {
    for (place, list) in policy.list_names.iter().enumerate() {
        if !cx.asked_lists.contains(&place) {
            let message = format!("no condition asks about the list `{}`", list.name);
            let help = "take it out: it costs memory in every host";
            cx.warn(&list.accepted, Diagnostic::new(Code::UnusedList, list.span.clone(), message).help(help));
        }
    }
    let in_use = policy.rules.iter().filter(|rule| rule.mode != Mode::Off).filter_map(|rule| rule.limit.as_ref());
    let named: BTreeSet<&str> = in_use.map(|limit| limit.value.as_str()).collect();
    for limit in &policy.limits {
        if limit.condition.is_none() && !named.contains(limit.id.value.as_str()) {
            let message = format!("no request is charged to the limit `{}`", limit.id.value);
            let help = "give it a condition with `when`, or name it in a rule with `action = \"throttle\"`";
            cx.warn(&limit.accepted, Diagnostic::new(Code::UnusedLimit, limit.id.span.clone(), message).help(help));
        }
    }
    decoys(cx, policy);
}

/// Limits that wait for decoys where no rule is one. A pack alone cannot know what stands beside it.
fn decoys(cx: &mut Context<'_>, policy: &PolicySource) {
    let is_decoy = |rule: &RuleSource| rule.action == Action::Decoy && rule.mode != Mode::Off;
    if policy.is_pack || policy.rules.iter().any(is_decoy) {
        return;
    }
    for limit in &policy.limits {
        let Some(span) = &limit.decoy else { continue };
        let message = format!("the limit `{}` waits for clients that hit a decoy, and no rule is one", limit.id.value);
        let help = "add a rule with `action = \"decoy\"`, such as those of `decoys.toml`, or leave `decoy` out";
        cx.warn(&limit.accepted, Diagnostic::new(Code::NoDecoy, span.clone(), message).help(help));
    }
}
