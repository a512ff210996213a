//! `[pack]`: what a pack says of itself.

use super::{check_id, rule};
use crate::{
    context::Context,
    read::{Keys, Text},
};

pub(super) const KEYS: &[&str] = &["id", "version", "why", "match", "retired"];

/// Which of the rules that hold count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Match {
    #[default]
    All,
    /// Those up to the first that acts.
    First,
}

pub(crate) const MATCHES: &[(&str, Match)] = &[("all", Match::All), ("first", Match::First)];

/// What `[pack]` says.
#[derive(Debug, Default)]
pub(super) struct Head {
    pub(super) id: Option<Text>,
    pub(super) matching: Match,
    /// Ids of rules, limits and transactions that are not used again.
    pub(super) retired: Vec<Text>,
}

/// Reads `[pack]`.
pub(super) fn read(cx: &mut Context<'_>, pack: &Keys<'_, '_>) -> Head {
    if !pack.has("pack") {
        pack.missing(cx, "pack");
    }
    let Some(table) = pack.table(cx, "pack") else { return Head::default() };
    let head = Keys::open(cx, pack.file(), table, "[pack]", KEYS);
    rule::why(cx, &head, "a pack");
    head.required_text(cx, "version");
    let id = head.required_text(cx, "id");
    if let Some(id) = &id {
        check_id(cx, id, "a pack");
    }
    let retired = head.texts(cx, "retired").unwrap_or_default();
    for id in &retired {
        check_id(cx, id, "a rule, limit or transaction");
    }
    Head { id, matching: head.word(cx, "match", MATCHES).unwrap_or_default(), retired }
}
