//! What rules, limits and transactions begin with: who they are, and when they hold.

use super::{Accepted, accept, check_id, rule};
use crate::{
    cel::{self, Macros, Scope, Tree},
    context::Context,
    lists::Lists,
    read::{Keys, Text},
};

/// The first keys of such a table.
pub(super) struct Stated {
    pub(super) id: Option<Text>,
    pub(super) why: Option<String>,
    pub(super) when: Option<Text>,
    /// The warnings that it accepts.
    pub(super) accepted: Vec<Accepted>,
    /// The condition as written; none when it is wrong, which has been reported.
    pub(super) tree: Option<Tree>,
}

impl Stated {
    /// Reads them; `what` is how messages call the table. A limit need not say when, nor why.
    pub(super) fn read(
        cx: &mut Context<'_>,
        keys: &Keys<'_, '_>,
        (what, is_limit): (&str, bool),
        text: &str,
        (lists, macros): (&Lists, &Macros),
    ) -> Self {
        let id = keys.required_text(cx, "id");
        if let Some(id) = &id {
            check_id(cx, id, what);
        }
        let (why, when) = match is_limit {
            true => (keys.text(cx, "why").map(|why| why.value), keys.text(cx, "when")),
            false => (rule::why(cx, keys, what), keys.required_text(cx, "when")),
        };
        let accepted = accept::read(cx, keys);
        let scope = |when| Scope { lists, macros, source: text, when, accepted: &accepted };
        let tree = when.as_ref().and_then(|when| cel::check(cx, scope(when)));
        Self { id, why, when, accepted, tree }
    }
}
