//! Conditions: from CEL in a TOML string to typed questions about fields.

mod branch;
mod check;
mod compare;
mod describe;
mod expr;
mod fields;
mod lexis;
mod listed;
mod macros;
mod membership;
mod methods;
mod operand;
mod parse;
mod place;
mod quantify;
mod shared;
mod tree;

pub(crate) use check::check;
pub(crate) use expr::{Condition, FieldKey, ListRef, Literal, Question, Test};
pub(crate) use listed::Listed;
pub(crate) use macros::Macros;
pub(crate) use parse::{is_within_limits, reads_alike, with_stack};
pub(crate) use shared::Shared;
pub(crate) use tree::{Named, Shape, Tree};

use crate::{lists::Lists, pack::Accepted, read::Text};

/// What a condition may refer to besides the schema.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    /// The lists of its pack.
    pub(crate) lists: &'a Lists,
    /// The macros of its file.
    pub(crate) macros: &'a Macros,
    /// The text of the file that it stands in.
    pub(crate) source: &'a str,
    /// The condition.
    pub(crate) when: &'a Text,
    /// The warnings that what it belongs to accepts.
    pub(crate) accepted: &'a [Accepted],
}
