//! Every question of a policy once, in the order in which the engine wants them.

use crate::cel::{Condition, FieldKey, Question, Test};
use outwork_engine::rules::wire::Field;
use std::collections::{BTreeMap, BTreeSet};

/// The fields and questions of a policy, numbered.
pub(crate) struct Atoms {
    fields: BTreeMap<FieldKey, u32>,
    questions: BTreeMap<Question, u32>,
}

impl Atoms {
    pub(crate) fn of(conditions: &[&Condition]) -> Self {
        let (mut fields, mut questions) = (BTreeSet::new(), BTreeSet::new());
        for condition in conditions {
            condition.questions(&mut |question| {
                fields.insert(question.field.clone());
                if let Test::SameAs(other) | Test::LessThan(other) = &question.test {
                    fields.insert(other.clone());
                }
                questions.insert(question.clone());
            });
        }
        // Questions sort by field, then by test, and tests sort by rank: the engine's order.
        Self { fields: (fields.into_iter().zip(0..)).collect(), questions: questions.into_iter().zip(0..).collect() }
    }

    /// The fields in order, without their automata.
    pub(crate) fn fields(&self) -> Vec<Field> {
        self.fields.keys().map(|key| Field { source: key.source.clone(), lower: key.lower, literals: None }).collect()
    }

    pub(crate) fn field(&self, key: &FieldKey) -> u32 {
        self.fields.get(key).copied().unwrap_or(u32::MAX)
    }

    pub(crate) fn atom(&self, question: &Question) -> u32 {
        self.questions.get(question).copied().unwrap_or(u32::MAX)
    }

    /// The questions in the order of their numbers.
    pub(crate) fn questions(&self) -> impl Iterator<Item = &Question> {
        self.questions.keys()
    }

    pub(crate) fn in_words(&self) -> Vec<String> {
        self.questions().map(Question::to_string).collect()
    }
}
