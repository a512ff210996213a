//! Every question of a policy once, in the order in which the engine wants them.

use crate::cel::{Condition, FieldKey, Question, Test};
use outwork_engine::rules::wire::Field;
use std::collections::{BTreeMap, BTreeSet};

/// The fields and questions of a policy, numbered.
pub(crate) struct Atoms {
    fields: BTreeMap<FieldKey, u32>,
    questions: BTreeMap<Question, u32>,
    // INVARIANT: the questions in the order of their numbers.
    order: Vec<Question>,
}

impl Atoms {
    pub(crate) fn of(conditions: &[&Condition]) -> Self {
        let (mut fields, mut questions) = (BTreeSet::new(), BTreeSet::new());
        for condition in conditions {
            condition.questions(&mut |question| {
                fields.insert(searched(question));
                if let Some(other) = question.test.other() {
                    fields.insert(other.clone());
                }
                questions.insert(question);
            });
        }
        // By field, then by test, and tests sort by rank: the engine's order.
        let mut order: Vec<Question> = questions.into_iter().cloned().collect();
        order.sort_by_cached_key(|question| (searched(question), question.clone().test, question.field.lower));
        Self {
            fields: fields.into_iter().zip(0..).collect(),
            questions: order.iter().cloned().zip(0..).collect(),
            order,
        }
    }

    /// The fields in order, without their automata.
    pub(crate) fn fields(&self) -> Vec<Field> {
        let field = |key: &FieldKey| Field {
            source: key.source.clone(),
            lower: key.lower,
            literals: None,
            automata: Vec::new(),
        };
        self.fields.keys().map(field).collect()
    }

    pub(crate) fn field(&self, key: &FieldKey) -> u32 {
        self.fields.get(key).copied().unwrap_or(u32::MAX)
    }

    /// The field that answers a question: a regular expression may be easier to find in lower case.
    pub(crate) fn field_of(&self, question: &Question) -> u32 {
        self.field(&searched(question))
    }

    pub(crate) fn atom(&self, question: &Question) -> u32 {
        self.questions.get(question).copied().unwrap_or(u32::MAX)
    }

    /// The questions in the order of their numbers.
    pub(crate) fn questions(&self) -> impl Iterator<Item = &Question> {
        self.order.iter()
    }

    /// The program of a part of a condition; none when not all of its questions are asked.
    pub(crate) fn program(&self, part: &Condition) -> Option<Vec<u32>> {
        let mut code = Vec::new();
        super::program::write(part, self, &mut code).ok().map(|()| code)
    }

    pub(crate) fn in_words(&self) -> Vec<String> {
        self.questions().map(Question::to_string).collect()
    }
}

fn searched(question: &Question) -> FieldKey {
    let moved = matches!(&question.test, Test::Matches(pattern) if pattern.plan.lower);
    FieldKey { lower: question.field.lower || moved, ..question.field.clone() }
}
