//! A condition whose names and types are known to be right.

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
    InNumbers(BTreeSet<i64>),
    Literals(BTreeSet<Literal>),
    /// In a list of strings.
    InStrings(ListRef),
    Matches(Pattern),
    SizeEquals(i64),
    SizeLess(i64),
    /// In these networks, each an address and a prefix length.
    InNetworks(BTreeSet<(std::net::IpAddr, u8)>),
    /// In a list of networks.
    InRanges(ListRef),
    SameAs(FieldKey),
    LessThan(FieldKey),
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

    /// Calls `visit` with every question.
    pub(crate) fn questions<'a>(&'a self, visit: &mut impl FnMut(&'a Question)) {
        match self {
            Self::Constant(_) => {}
            Self::Ask(question) => visit(question),
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

/// What a sentence calls a kind of value.
pub(crate) fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Bool => "true or false",
        Kind::Int => "a number",
        Kind::Text => "text",
        Kind::Address => "an address",
    }
}
