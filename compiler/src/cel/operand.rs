//! Values in conditions.

use super::expr::{Condition, FieldKey, kind_name, text_weight};
use crate::source::Span;
use outwork_engine::{
    rules::wire::{List, Source},
    signals::Kind,
};

/// A value in a condition.
#[derive(Clone, Debug)]
pub(super) enum Operand {
    /// What a request has.
    Field(FieldKey, Kind),
    /// How many bytes a field has, or how many elements a list.
    Size(FieldKey),
    Bool(bool),
    Int(i64),
    Text(String),
    /// Written out: `["a", "b"]`.
    Written(Vec<(Operand, Span)>),
    /// A list of the pack, by its place.
    List(usize),
    /// A list of texts that a request has.
    Many(List),
    Map(Map),
    State(FieldKey, State),
    /// True or false, or unknown.
    Truth(Condition),
    /// One or the other.
    Either(Box<(Condition, Operand, Operand)>),
}

/// What is asked of a fact's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Known,
    Absent,
    Unavailable,
}

/// Fields by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Map {
    Headers,
    HeaderValues,
    Cookies,
    Params,
}

pub(super) const MAPS: &[(&str, Map)] = &[
    ("request.headers", Map::Headers),
    ("request.header_values", Map::HeaderValues),
    ("request.cookies", Map::Cookies),
    ("request.params", Map::Params),
];

pub(super) const LISTS: &[(&str, List)] = &[
    ("request.header_names", List::HeaderNames),
    ("request.cookie_names", List::CookieNames),
    ("request.param_names", List::ParamNames),
];

impl Map {
    pub(super) fn entry(self, name: &str) -> Operand {
        let name = name.to_owned();
        let source = match self {
            Self::Headers => Source::Header(name),
            Self::HeaderValues => return Operand::Many(List::HeaderValues(name)),
            Self::Cookies => Source::Cookie(name),
            Self::Params => Source::Param(name),
        };
        Operand::Field(FieldKey::plain(source), Kind::Text)
    }

    /// The names of its entries: what CEL's macros go through.
    pub(super) fn names(self) -> List {
        match self {
            Self::Headers | Self::HeaderValues => List::HeaderNames,
            Self::Cookies => List::CookieNames,
            Self::Params => List::ParamNames,
        }
    }
}

impl Operand {
    /// How many parts it has, and what a copy of it costs.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Truth(condition) => condition.weight(),
            Self::Text(text) => text_weight(text),
            Self::Written(items) => items.iter().map(|(item, _)| item.weight()).fold(1, usize::saturating_add),
            Self::Either(parts) => {
                let (test, yes, no) = parts.as_ref();
                test.weight().saturating_add(yes.weight()).saturating_add(no.weight())
            }
            _ => 1,
        }
    }

    /// Whether it is the same for every request.
    pub(super) fn is_written(&self) -> bool {
        matches!(self, Self::Bool(_) | Self::Int(_) | Self::Text(_) | Self::Written(_) | Self::List(_))
    }

    /// Whether it is true or false.
    pub(super) fn is_truth(&self) -> bool {
        matches!(self, Self::Bool(_) | Self::Truth(_) | Self::State(..) | Self::Field(_, Kind::Bool))
    }

    /// The field that it is, and whose state can be asked.
    pub(super) fn field(&self) -> Option<FieldKey> {
        match self {
            Self::Field(field, _) => Some(field.clone()),
            Self::Many(list) => Some(FieldKey::plain(Source::Many(list.clone()))),
            _ => None,
        }
    }

    /// Whether it depends on something of the request besides the elements of this list.
    pub(super) fn reads_beside(&self, list: &List) -> bool {
        let beside = |field: &FieldKey| !matches!(&field.source, Source::Element(own) if own == list);
        match self {
            Self::Field(field, _) | Self::Size(field) | Self::State(field, _) => beside(field),
            Self::Bool(_) | Self::Int(_) | Self::Text(_) | Self::Written(_) | Self::List(_) => false,
            Self::Many(_) | Self::Map(_) => true,
            Self::Truth(condition) => {
                let mut found = false;
                condition.questions(&mut |question| found |= beside(&question.field));
                found
            }
            Self::Either(parts) => {
                let (test, yes, no) = parts.as_ref();
                Self::Truth(test.clone()).reads_beside(list) || yes.reads_beside(list) || no.reads_beside(list)
            }
        }
    }

    /// The same, standing elsewhere.
    pub(super) fn moved_to(self, place: &Span) -> Self {
        match self {
            Self::Written(items) => {
                Self::Written(items.into_iter().map(|(item, _)| (item.moved_to(place), place.clone())).collect())
            }
            Self::Either(parts) => {
                let (test, yes, no) = *parts;
                Self::Either(Box::new((test, yes.moved_to(place), no.moved_to(place))))
            }
            other => other,
        }
    }

    /// How a sentence names its type.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Field(_, kind) => kind_name(*kind),
            Self::Size(_) | Self::Int(_) => "a number",
            Self::Bool(_) | Self::State(..) | Self::Truth(_) => "true or false",
            Self::Text(_) => "text",
            Self::Written(_) | Self::List(_) => "a list",
            Self::Many(_) => "a list of texts",
            Self::Map(_) => "a map of fields",
            Self::Either(parts) => parts.1.kind(),
        }
    }
}
