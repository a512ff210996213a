//! A condition as it was written: its parts, and where each stands.

use super::expr::Condition;
use crate::{read::Text, source::Span};
use std::{ops::Range, sync::Arc};

/// A part of a condition.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    pub(crate) shape: Shape,
    /// Where it stands in its file.
    pub(crate) span: Span,
    /// Where it stands in the condition's text.
    pub(crate) range: Range<usize>,
    /// The macro that it is, as written.
    pub(crate) named: Option<Arc<Named>>,
}

/// A macro that is a condition, as written.
#[derive(Debug)]
pub(crate) struct Named {
    pub(crate) text: String,
    /// Where it stands in its file; no other macro stands there.
    pub(crate) span: Span,
    pub(crate) tree: Tree,
}

/// Macros made of macros are opened so far.
const MAX_NAMED: usize = 16;

/// What a part is made of.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    All(Vec<Tree>),
    Any(Vec<Tree>),
    Not(Box<Tree>),
    /// Test, what holds if it does, what holds if it does not.
    Choose(Box<[Tree; 3]>),
    Leaf(Condition),
}

impl Shape {
    /// A conjunction; the parser makes pairs of what was written in a row.
    pub(super) fn all(parts: Vec<Tree>) -> Self {
        let flat = |part: Tree| match part.shape {
            Self::All(inner) => inner,
            shape => vec![Tree { shape, ..part }],
        };
        Self::All(parts.into_iter().flat_map(flat).collect())
    }

    /// A disjunction, as [`Shape::all`].
    pub(super) fn any(parts: Vec<Tree>) -> Self {
        let flat = |part: Tree| match part.shape {
            Self::Any(inner) => inner,
            shape => vec![Tree { shape, ..part }],
        };
        Self::Any(parts.into_iter().flat_map(flat).collect())
    }
}

impl Tree {
    /// What it states.
    pub(crate) fn condition(&self) -> Condition {
        self.with(&|_| None)
    }

    /// How many parts what it states has.
    pub(crate) fn weight(&self) -> usize {
        let sum = |parts: &[Self]| parts.iter().map(Self::weight).fold(1, usize::saturating_add);
        match &self.shape {
            Shape::All(parts) | Shape::Any(parts) => sum(parts),
            Shape::Not(inner) => inner.weight().saturating_add(1),
            Shape::Choose(parts) => {
                let [test, ..] = parts.as_ref();
                sum(parts.as_slice()).saturating_add(test.weight().saturating_mul(3))
            }
            Shape::Leaf(condition) => condition.weight(),
        }
    }

    /// What it states with some parts replaced.
    pub(crate) fn with(&self, replace: &impl Fn(&Tree) -> Option<Condition>) -> Condition {
        if let Some(condition) = replace(self) {
            return condition;
        }
        match &self.shape {
            Shape::All(parts) => Condition::all(parts.iter().map(|part| part.with(replace))),
            Shape::Any(parts) => Condition::any(parts.iter().map(|part| part.with(replace))),
            Shape::Not(inner) => inner.with(replace).negated(),
            Shape::Choose(parts) => {
                let [test, yes, no] = parts.each_ref().map(|part| part.with(replace));
                Condition::choose(test, yes, no)
            }
            Shape::Leaf(condition) => condition.clone(),
        }
    }

    /// How many macros lie in one another.
    fn names(&self) -> usize {
        let inner = self.named.as_ref().map_or(0, |named| named.tree.names().saturating_add(1));
        self.parts().iter().map(Self::names).fold(inner, usize::max)
    }

    /// The same as a macro with this text; none where too many lie in one another.
    pub(super) fn into_named(self, text: &Text) -> Option<Arc<Named>> {
        let named = Named { text: text.value.clone(), span: text.span.clone(), tree: self };
        (named.tree.names() < MAX_NAMED).then(|| Arc::new(named))
    }

    /// The parts that it is made of, in the order in which they were written.
    pub(crate) fn parts(&self) -> &[Self] {
        match &self.shape {
            Shape::All(parts) | Shape::Any(parts) => parts,
            Shape::Not(inner) => std::slice::from_ref(inner),
            Shape::Choose(parts) => parts.as_slice(),
            Shape::Leaf(_) => &[],
        }
    }
}
