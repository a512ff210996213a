//! Policies and packs: from TOML to rules, limits and settings.

mod accept;
mod account;
mod agent;
mod behaviour;
mod challenge;
mod effect;
mod head;
mod limit;
mod model;
#[cfg(test)]
mod page;
mod policy;
mod retired;
mod rule;
mod session;
mod stated;
mod test;
mod transaction;

pub(crate) use accept::{Accepted, read as read_accepted};
pub(crate) use agent::{AgentSource, PURPOSES};
pub(crate) use effect::{ACTIONS, CANARY, LAYERS, MODES};
pub(crate) use head::MATCHES;
pub(crate) use limit::{LimitSource, PARTS, RUNGS, SCOPES, UNREACHABLE};
pub(crate) use model::ModelSource;
pub(crate) use policy::{ADDRESSES, EVIDENCE, FORMATS, PACK, POLICY, PolicySource, RECORDS, VERDICTS, read};
pub(crate) use rule::RuleSource;
pub(crate) use session::SESSION;
pub(crate) use test::{PROTOCOLS, REQUEST, TestSource};
pub(crate) use transaction::{OTHERWISE, OVER_CAP, TransactionSource, WINDOWS};

use crate::{
    context::Context,
    diagnostic::{Code, Diagnostic},
    read::Text,
};

/// The keys of every kind of table whose path is known, in the order that the formatter gives them.
pub(crate) const KEYS: &[(&str, &[&str])] = &[
    ("pack", head::KEYS),
    ("rule", rule::KEYS),
    ("rule.test", test::KEYS),
    ("limit", limit::KEYS),
    ("limit.cost", limit::COST),
    ("limit.refill_scale", limit::SCALE),
    ("limit.penalty", limit::PENALTY),
    ("transaction", transaction::KEYS),
    ("transaction.test", test::KEYS),
    ("agent", agent::KEYS),
    ("override", policy::OVERRIDE),
    ("model", model::KEYS),
    ("policy", policy::SETTINGS),
    ("policy.behaviour", behaviour::KEYS),
    ("policy.challenge", challenge::KEYS),
    ("policy.challenge.bits", challenge::BITS),
    ("policy.challenge.wait", challenge::WAIT),
    ("weights", policy::WEIGHTS),
    ("bands", policy::BANDS),
    ("verdicts", policy::BY_BAND),
    ("account", account::KEYS),
    ("account.jwt", account::JWT),
];

/// The keys of the tables at a path.
pub(crate) fn of(path: &str) -> &'static [&'static str] {
    KEYS.iter().find(|(known, _)| *known == path).map_or(&[], |(_, keys)| keys)
}

/// The longest id of a rule, limit or model.
const MAX_ID: usize = 64;

/// Whether text can be the id of a rule, limit, model or pack: it goes into headers, records and metrics as it is.
fn check_id(cx: &mut Context<'_>, id: &Text, what: &str) {
    check_plain(cx, id, what);
    let taken = TAKEN.iter().find(|(begin, _)| id.value.starts_with(begin));
    if let Some((begin, whose)) = taken.filter(|_| ["a rule", "a limit"].contains(&what)) {
        let message = format!("`{}` cannot be the id of {what}: it means something already", id.value);
        let help = format!("reasons of {whose} begin with `{begin}`: give it another name");
        cx.report(Diagnostic::new(Code::TakenName, id.span.clone(), message).help(help));
    }
}

/// What begins the reasons that others give.
const TAKEN: &[(&str, &str)] =
    &[("model.", "models"), ("transaction.", "transactions"), ("transaction-body.", "transactions")];

fn check_plain(cx: &mut Context<'_>, id: &Text, what: &str) {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte);
    let begins = id.value.starts_with(|c: char| c.is_ascii_lowercase());
    if begins && id.value.len() <= MAX_ID && id.value.bytes().all(plain) {
        return;
    }
    let message = format!("`{}` cannot be the id of {what}", id.value);
    let help = format!(
        "an id begins with a letter, has lower-case letters, digits, `.`, `-` and `_`, and at most {MAX_ID} of them"
    );
    cx.report(Diagnostic::new(Code::BadName, id.span.clone(), message).help(help));
}
