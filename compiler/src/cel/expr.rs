//! A condition whose names and types are known to be right.

use super::shared::Shared;
use crate::lower::pattern::Pattern;
use outwork_engine::{rules::wire::Source, signals::Kind};
use std::collections::BTreeSet;

/// A condition over questions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Condition {
    Constant(bool),
    Ask(Question),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

/// One question about one field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Question {
    pub(crate) field: FieldKey,
    pub(crate) test: Test,
}

/// A field, with its ASCII letters made lower case or not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FieldKey {
    pub(crate) source: Source,
    pub(crate) lower: bool,
}

/// What is asked. The order is that of [`outwork_engine::rules::wire::Test::rank`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Test {
    Known,
    Absent,
    Unavailable,
    Present,
    IsTrue,
    Equals(i64),
    Less(i64),
    InNumbers(Shared<BTreeSet<i64>>),
    /// Any of these; shared, because macros and lists put the same into many conditions.
    Literals(Shared<BTreeSet<Literal>>),
    /// In a list of strings.
    InStrings(ListRef),
    Matches(Pattern),
    SizeEquals(i64),
    SizeLess(i64),
    /// In these networks, each an address and a prefix length.
    InNetworks(BTreeSet<(std::net::IpAddr, u8)>),
    /// In a list of networks.
    InRanges(ListRef),
    /// Before this text, byte by byte.
    Before(String),
    /// Of a list: some element is like this.
    Exists(Box<Condition>),
    SameAs(FieldKey),
    LessThan(FieldKey),
    StartsWith(FieldKey),
    EndsWith(FieldKey),
    Contains(FieldKey),
}

impl Test {
    /// The field that it compares with.
    pub(crate) fn other(&self) -> Option<&FieldKey> {
        match self {
            Self::SameAs(other)
            | Self::LessThan(other)
            | Self::StartsWith(other)
            | Self::EndsWith(other)
            | Self::Contains(other) => Some(other),
            _ => None,
        }
    }
}

/// A list of a pack.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ListRef {
    /// Its place among the lists of all packs.
    pub(crate) place: usize,
    pub(crate) name: String,
}

/// A literal that the text may be, begin with, end with or contain.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Literal {
    pub(crate) from_start: bool,
    pub(crate) to_end: bool,
    pub(crate) text: String,
}

impl Condition {
    pub(crate) fn ask(field: FieldKey, test: Test) -> Self {
        Self::Ask(Question { field, test })
    }

    pub(crate) fn negated(self) -> Self {
        match self {
            Self::Constant(value) => Self::Constant(!value),
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    pub(crate) fn negated_if(self, negate: bool) -> Self {
        if negate { self.negated() } else { self }
    }

    /// The conjunction, without what decides nothing.
    pub(crate) fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Self::Constant(true) => {}
                Self::Constant(false) => return part,
                Self::All(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        match kept.pop() {
            None => Self::Constant(true),
            Some(only) if kept.is_empty() => only,
            Some(last) => {
                kept.push(last);
                Self::All(kept)
            }
        }
    }

    /// The disjunction, without what decides nothing.
    pub(crate) fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        Self::all(parts.into_iter().map(Self::negated)).negated_any()
    }

    /// ¬(¬a ∧ ¬b) as a ∨ b.
    fn negated_any(self) -> Self {
        match self {
            Self::All(parts) => {
                let mut kept = Vec::new();
                for part in parts.into_iter().map(Self::negated) {
                    match part {
                        Self::Any(inner) => kept.extend(inner),
                        other => kept.push(other),
                    }
                }
                Self::Any(kept)
            }
            other => other.negated(),
        }
    }

    /// The same condition with its parts in order, each once: conditions that differ in nothing else become equal.
    pub(crate) fn sorted(&self) -> Self {
        let sorted = |parts: &[Self]| {
            let mut parts: Vec<Self> = parts.iter().map(Self::sorted).collect();
            parts.sort_unstable();
            parts.dedup();
            parts
        };
        match self {
            Self::All(parts) => Self::All(sorted(parts)),
            Self::Any(parts) => Self::Any(sorted(parts)),
            Self::Not(inner) => Self::Not(inner.sorted().into()),
            Self::Constant(_) | Self::Ask(_) => self.clone(),
        }
    }

    /// `test ? yes : no`. The last part is never true; it makes the whole unknown where the test is, as CEL wants.
    pub(crate) fn choose(test: Self, yes: Self, no: Self) -> Self {
        Self::any([
            Self::all([test.clone(), yes]),
            Self::all([test.clone().negated(), no]),
            Self::all([test.clone(), test.negated()]),
        ])
    }

    /// How many parts it has.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Self::Constant(_) => 1,
            Self::Ask(Question { test: Test::Exists(inner), .. }) | Self::Not(inner) => {
                inner.weight().saturating_add(1)
            }
            Self::Ask(Question { test: Test::Before(text), .. }) => text_weight(text),
            Self::Ask(_) => 1,
            Self::All(parts) | Self::Any(parts) => parts.iter().map(Self::weight).fold(1, usize::saturating_add),
        }
    }

    /// Calls `visit` with every question, and with those about the elements of lists after that about the list.
    pub(crate) fn questions<'a>(&'a self, visit: &mut impl FnMut(&'a Question)) {
        match self {
            Self::Constant(_) => {}
            Self::Ask(question) => {
                visit(question);
                if let Test::Exists(inner) = &question.test {
                    inner.questions(visit);
                }
            }
            Self::Not(inner) => inner.questions(visit),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.questions(visit)),
        }
    }
}

impl FieldKey {
    pub(crate) fn plain(source: Source) -> Self {
        Self { source, lower: false }
    }
}

/// How many parts text that is written out counts as: macros can put a long one into many places.
pub(super) fn text_weight(text: &str) -> usize {
    1 + text.len() / 64
}

/// What a sentence calls a kind of value.
pub(crate) fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Bool => "true or false",
        Kind::Int => "a number",
        Kind::Text => "text",
        Kind::Address => "an address",
    }
}
