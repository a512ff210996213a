//! Transactions.

use super::{Accepted, effect, stated::Stated, test, test::TestSource};
use crate::{
    cel::{Condition, Macros, Tree},
    context::Context,
    diagnostic::{Code, Diagnostic},
    lists::Lists,
    read::{Keys, Text},
    source::FileId,
};
use outwork_engine::{
    rules::Mode,
    transaction::{Binding, Demand, MOST_BODY, Otherwise, OverCap, Transaction},
};
use std::ops::Range;
use toml::de::DeTable;

/// A transaction as a file has it.
pub(crate) struct TransactionSource {
    pub(crate) id: Text,
    pub(crate) transaction: Transaction,
    pub(crate) when: Text,
    pub(crate) why: String,
    /// The condition as written; none when it is wrong, which has been reported.
    pub(crate) tree: Option<Tree>,
    /// The condition; none when it is wrong.
    pub(crate) condition: Option<Condition>,
    pub(crate) tests: Vec<TestSource>,
    /// The warnings that it accepts.
    pub(crate) accepted: Vec<Accepted>,
}

pub(super) const KEYS: &[&str] = &[
    "id",
    "when",
    "window",
    "observed",
    "otherwise",
    "bind_body",
    "body_cap",
    "over_cap",
    "mode",
    "why",
    "accept",
    "test",
];

pub(crate) const WINDOWS: &[(&str, Demand)] = &[
    (Demand::Inside.name(), Demand::Inside),
    (Demand::Expiring.name(), Demand::Expiring),
    (Demand::Any.name(), Demand::Any),
];

pub(crate) const OTHERWISE: &[(&str, Otherwise)] = &[
    (Otherwise::Challenge.name(), Otherwise::Challenge),
    (Otherwise::Tag.name(), Otherwise::Tag),
    (Otherwise::Block.name(), Otherwise::Block),
];

pub(crate) const OVER_CAP: &[(&str, OverCap)] = &[("refuse", OverCap::Refuse), ("unbound", OverCap::Unbound)];

/// What is held back of a body unless said otherwise: a payment is a form or a small document, and the shipped
/// configurations of Envoy hold 32 KiB of a connection.
const DEFAULT_CAP: u32 = 16 << 10;

/// For how many seconds a window has to have been open unless said otherwise: nobody fills in a form in less, and what a
/// program makes up at once is not enough.
const DEFAULT_OBSERVED: u32 = 3;

/// The longest that can be demanded: what takes people longer, few do.
const MOST_OBSERVED: u32 = 600;

/// Reads one `[[transaction]]`. One that is wrong somewhere is read as far as possible, so that its id is known.
pub(super) fn read(
    cx: &mut Context<'_>,
    file: FileId,
    text: &str,
    names: (&Lists, &Macros),
    table: (&DeTable<'_>, Range<usize>),
) -> Option<TransactionSource> {
    let keys = Keys::open(cx, file, table, "a transaction", KEYS);
    let Stated { id, why, when, accepted, tree } = Stated::read(cx, &keys, ("a transaction", false), text, names);
    let window = keys.word(cx, "window", WINDOWS).unwrap_or(Demand::Inside);
    let observed = keys.duration(cx, "observed", 0..=MOST_OBSERVED).unwrap_or(DEFAULT_OBSERVED);
    let otherwise = keys.word(cx, "otherwise", OTHERWISE).unwrap_or(Otherwise::Challenge);
    let body = body(cx, &keys);
    let mode = effect::mode(cx, &keys).unwrap_or(Mode::Enforce);
    let tests = keys.tables(cx, "test").into_iter().filter_map(|table| test::read(cx, file, table)).collect();
    check_use(cx, &keys, (window, body.is_some()), &accepted);
    let id = id?;
    let mut transaction = Transaction::new(&id.value);
    (transaction.window, transaction.otherwise) = (window, otherwise);
    transaction.observed = if window == Demand::Any { 0 } else { u64::from(observed) * 1_000_000 };
    (transaction.body, transaction.mode) = (body, mode);
    Some(TransactionSource {
        transaction,
        when: when.unwrap_or_else(|| Text { value: String::new(), span: id.span.clone() }),
        id,
        why: why.unwrap_or_default(),
        condition: tree.as_ref().map(Tree::condition),
        tree,
        tests,
        accepted,
    })
}

fn body(cx: &mut Context<'_>, keys: &Keys<'_, '_>) -> Option<Binding> {
    let most = keys.size(cx, "body_cap", 1..=MOST_BODY).unwrap_or(DEFAULT_CAP);
    let over = keys.word(cx, "over_cap", OVER_CAP).unwrap_or(OverCap::Refuse);
    keys.boolean(cx, "bind_body").filter(|bound| *bound).map(|_| Binding { most, over })
}

/// Warns of what has no effect: whoever writes it believes in a protection that is not there.
fn check_use(cx: &mut Context<'_>, keys: &Keys<'_, '_>, (window, bound): (Demand, bool), accepted: &[Accepted]) {
    let wrongly_typed = keys.has("bind_body")
        && !matches!(keys.get("bind_body").map(toml::Spanned::get_ref), Some(toml::de::DeValue::Boolean(_)));
    let mut idle = |key: &str, help: &str| {
        let message = format!("`{key}` does nothing here");
        cx.warn(accepted, Diagnostic::new(Code::IdleKey, keys.key_span(key), message).help(help));
    };
    for key in ["observed", "otherwise"].into_iter().filter(|key| window == Demand::Any && keys.has(key)) {
        let help = format!("every request has `any` window: write `window = \"inside\"`, or leave `{key}` out");
        idle(key, &help);
    }
    for key in ["body_cap", "over_cap"].into_iter().filter(|key| !bound && !wrongly_typed && keys.has(key)) {
        idle(key, "add `bind_body = true`: without it no body is held back");
    }
    if window == Demand::Any && !bound && !wrongly_typed {
        let message = "a transaction demands no window and binds no body: it only tells the origin that it is one";
        let help = "write `window = \"inside\"`, or `bind_body = true`; or accept this";
        cx.warn(accepted, Diagnostic::new(Code::IdleTransaction, keys.span(), message).help(help));
    }
}
