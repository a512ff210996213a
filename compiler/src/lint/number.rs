//! Whether a number can be as all tests want it.

use super::field::Constraint;
use crate::cel::Test;
use std::collections::BTreeSet;

/// The more numbers there are to try, the longer it takes.
const MAX_TRIED: usize = 300_000;

/// Whether one number satisfies all. No signal is below zero: they count, or name networks by number.
pub(super) fn possible(constraints: &[Constraint<'_>]) -> bool {
    if constraints.is_empty() {
        return true;
    }
    let sets = constraints.iter().filter_map(|(question, wanted)| match &question.test {
        Test::InNumbers(numbers) if *wanted => Some(numbers),
        _ => None,
    });
    if let Some(smallest) = sets.min_by_key(|numbers| numbers.len()) {
        return smallest.iter().any(|&number| satisfies(number, constraints));
    }
    // The answers change only at the numbers that tests name.
    let mut tried = BTreeSet::from([0, i64::MAX]);
    for (question, _) in constraints {
        let named: Vec<i64> = match &question.test {
            Test::Equals(number) | Test::Less(number) => vec![*number],
            Test::InNumbers(numbers) => numbers.iter().copied().collect(),
            _ => Vec::new(),
        };
        tried.extend(named.into_iter().flat_map(|number| [number.saturating_sub(1), number, number.saturating_add(1)]));
        if tried.len() > MAX_TRIED {
            return true;
        }
    }
    tried.into_iter().any(|number| satisfies(number, constraints))
}

fn satisfies(number: i64, constraints: &[Constraint<'_>]) -> bool {
    number >= 0
        && constraints.iter().all(|(question, wanted)| {
            let holds = match &question.test {
                Test::Equals(other) => number == *other,
                Test::Less(bound) => number < *bound,
                Test::InNumbers(numbers) => numbers.contains(&number),
                _ => *wanted,
            };
            holds == *wanted
        })
}
