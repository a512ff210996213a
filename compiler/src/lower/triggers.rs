//! Which answers must be true for a condition to hold, so that a request pays only for conditions that may.

use super::atoms::Atoms;
use crate::cel::{Condition, Question, Test};
use outwork_engine::rules::wire::Source;
use std::collections::BTreeSet;

/// Atoms of which at least one is true whenever the condition holds; none when there are no such atoms.
pub(super) fn of(condition: &Condition, atoms: &Atoms) -> Option<BTreeSet<u32>> {
    find(condition, true, atoms).map(|found| found.atoms)
}

#[derive(Default)]
struct Found {
    atoms: BTreeSet<u32>,
    /// How often one of them is true, in thousandths of requests, by rough guess: it decides speed, never answers.
    often: u32,
}

/// Looks for the atoms without one of which `condition` cannot have the truth `wanted`.
fn find(condition: &Condition, wanted: bool, atoms: &Atoms) -> Option<Found> {
    match (condition, wanted) {
        (Condition::Constant(value), wanted) => (*value != wanted).then(Found::default),
        (Condition::Ask(question), true) => {
            Some(Found { atoms: BTreeSet::from([atoms.atom(question)]), often: often(question) })
        }
        (Condition::Ask(_), false) => None,
        (Condition::Not(inner), wanted) => find(inner, !wanted, atoms),
        (Condition::All(parts), true) | (Condition::Any(parts), false) => {
            parts.iter().filter_map(|part| find(part, wanted, atoms)).min_by_key(|found| found.often)
        }
        (Condition::All(parts), false) | (Condition::Any(parts), true) => {
            let mut all = Found::default();
            for part in parts {
                let found = find(part, wanted, atoms)?;
                all.atoms.extend(found.atoms);
                all.often = all.often.saturating_add(found.often);
            }
            Some(all)
        }
    }
}

fn often(question: &Question) -> u32 {
    let broad = matches!(&question.field.source, Source::Signal(name)
        if ["request.method", "request.scheme", "request.protocol", "request.authority"].contains(&name.as_str()));
    match &question.test {
        Test::Literals(_) if broad => 500,
        Test::Literals(literals) => 10 + u32::try_from(literals.len()).unwrap_or(u32::MAX).min(90),
        Test::InStrings(_) | Test::InRanges(_) | Test::InNetworks(_) | Test::InNumbers(_) | Test::Matches(_) => 50,
        Test::Equals(_) | Test::SizeEquals(_) => 100,
        Test::IsTrue | Test::Absent | Test::Unavailable | Test::Exists(_) => 300,
        Test::StartsWith(_) | Test::EndsWith(_) | Test::Contains(_) => 300,
        Test::Less(_) | Test::SizeLess(_) | Test::SameAs(_) | Test::LessThan(_) | Test::Before(_) => 500,
        Test::Present => 700,
        Test::Known => 900,
    }
}
