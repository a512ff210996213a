//! Rules.

use super::{Accepted, check_id, effect, stated::Stated, test, test::TestSource};
use crate::{
    cel::{Condition, Macros, Tree},
    context::Context,
    diagnostic::{Code, Diagnostic},
    lists::Lists,
    read::{Keys, Text},
    source::{FileId, Span},
};
use outwork_engine::rules::{Action, Layer, Mode};
use std::ops::Range;
use toml::de::DeTable;

/// A rule as a pack has it.
pub(crate) struct RuleSource {
    pub(crate) id: Text,
    pub(crate) when: Text,
    pub(crate) why: String,
    /// The condition as written; none when it is wrong, which has been reported.
    pub(crate) tree: Option<Tree>,
    /// The condition; none when it is wrong.
    pub(crate) condition: Option<Condition>,
    pub(crate) score: i16,
    pub(crate) layer: Option<Layer>,
    pub(crate) action: Action,
    pub(crate) mode: Mode,
    pub(crate) limit: Option<Text>,
    /// The second since 1970 from which on it is as if switched off.
    pub(crate) until: Option<u64>,
    /// The group of a pack whose rules stand in an order.
    pub(crate) group: Option<u16>,
    pub(crate) tags: Vec<String>,
    pub(crate) references: Vec<String>,
    pub(crate) tests: Vec<TestSource>,
    /// The warnings that it accepts.
    pub(crate) accepted: Vec<Accepted>,
    /// Where the policy changed it.
    pub(crate) overridden: Option<Span>,
}

pub(super) const KEYS: &[&str] = &[
    "id",
    "when",
    "score",
    "layer",
    "action",
    "limit",
    "mode",
    "until",
    "tags",
    "references",
    "why",
    "accept",
    "test",
];

/// Reads one `[[rule]]`. A rule that is wrong somewhere is read as far as possible, so that its id is known.
pub(super) fn read(
    cx: &mut Context<'_>,
    file: FileId,
    text: &str,
    names: (&Lists, &Macros),
    table: (&DeTable<'_>, Range<usize>),
) -> Option<RuleSource> {
    let keys = Keys::open(cx, file, table, "a rule", KEYS);
    let Stated { id, why, when, accepted, tree } = Stated::read(cx, &keys, ("a rule", false), text, names);
    let (tags, references) = (tags(cx, &keys), references(cx, &keys));
    if !keys.has("score") && !keys.has("action") {
        let help = "give it a `score`, an `action`, or both; `score = 0` only records";
        cx.report(Diagnostic::new(Code::MissingKey, keys.span(), "a rule has neither `score` nor `action`").help(help));
    }
    let (score, layer) = (effect::score(cx, &keys).unwrap_or(0), effect::layer(cx, &keys));
    let action = effect::action(cx, &keys);
    let limit = keys.text(cx, "limit");
    if let Some(action) = action {
        check_limit(cx, &keys, action, limit.as_ref());
    } else if limit.is_some() && !keys.has("action") {
        check_limit(cx, &keys, Action::Score, limit.as_ref());
    }
    let mode = effect::mode(cx, &keys).unwrap_or(Mode::Enforce);
    let tests = keys.tables(cx, "test").into_iter().filter_map(|table| test::read(cx, file, table)).collect();
    let id = id?;
    Some(RuleSource {
        when: when.unwrap_or_else(|| Text { value: String::new(), span: id.span.clone() }),
        id,
        why: why.unwrap_or_default(),
        condition: tree.as_ref().map(Tree::condition),
        tree,
        score,
        layer,
        action: action.unwrap_or(Action::Score),
        mode,
        limit,
        until: keys.end_of_day(cx, "until"),
        group: None,
        tags,
        references,
        tests,
        accepted,
        overridden: None,
    })
}

/// The reason that a rule or pack must give.
pub(super) fn why(cx: &mut Context<'_>, keys: &Keys<'_, '_>, what: &str) -> Option<String> {
    if let Some(text) = keys.text(cx, "why")
        && !text.value.trim().is_empty()
    {
        return Some(text.value);
    }
    if keys.get("why").is_none_or(|why| matches!(why.get_ref(), toml::de::DeValue::String(_))) {
        let message = format!("{what} does not say why it is there");
        let help = "add `why = \"…\"`: whoever is refused, and whoever edits this next, has to know";
        cx.report(Diagnostic::new(Code::MissingWhy, keys.key_span("why"), message).help(help));
    }
    None
}

/// Words to find rules by.
fn tags(cx: &mut Context<'_>, keys: &Keys<'_, '_>) -> Vec<String> {
    let tags = keys.texts(cx, "tags").unwrap_or_default();
    for tag in &tags {
        check_id(cx, tag, "a tag");
    }
    tags.into_iter().map(|tag| tag.value).collect()
}

/// Where to read more.
pub(super) fn references(cx: &mut Context<'_>, keys: &Keys<'_, '_>) -> Vec<String> {
    let links = keys.texts(cx, "references").unwrap_or_default();
    for link in links.iter().filter(|link| !is_link(&link.value)) {
        let message = format!("`{}` is no link", link.value);
        let help = "write `https://` and the rest, without spaces, quotes and angle brackets";
        cx.report(Diagnostic::new(Code::BadReference, link.span.clone(), message).help(help));
    }
    links.into_iter().map(|link| link.value).collect()
}

/// Whether text is an `https:` address that can stand in Markdown, HTML and a terminal as it is.
fn is_link(text: &str) -> bool {
    let host = text.strip_prefix("https://").and_then(|rest| rest.split(['/', '?', '#']).next());
    host.is_some_and(|host| !host.is_empty())
        && text.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>\"'\\`{}|^".contains(&byte))
}

fn check_limit(cx: &mut Context<'_>, keys: &Keys<'_, '_>, action: Action, limit: Option<&Text>) {
    match (action, limit) {
        (Action::Throttle, None) => {
            let help = "add `limit = \"…\"` with the id of a `[[limit]]`";
            let message = "a rule throttles without naming a limit";
            cx.report(Diagnostic::new(Code::LimitMismatch, keys.key_span("action"), message).help(help));
        }
        (Action::Throttle, Some(_)) | (_, None) => {}
        (_, Some(limit)) => {
            let message = "a rule names a limit without throttling";
            let help = "write `action = \"throttle\"`, or leave `limit` out";
            cx.report(Diagnostic::new(Code::LimitMismatch, limit.span.clone(), message).help(help));
        }
    }
}
