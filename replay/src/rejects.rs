//! Lines that could not be read: how many, why, and the first few.

use crate::{Reject, count::Table};
use serde::Serialize;

/// How many of them are shown.
const SHOWN: usize = 5;

/// Counts lines that could not be read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rejects {
    reasons: Table<Reject, 1>,
    first: Vec<(usize, u64, Reject)>,
}

/// Lines that could not be read, in a summary.
#[derive(Clone, Debug, Serialize)]
pub struct Rejected {
    /// How many.
    pub lines: u64,
    /// By reason.
    pub reasons: Vec<RejectRow>,
    /// The first of them.
    pub first: Vec<RejectedLine>,
}

/// Why lines could not be read.
#[derive(Clone, Debug, Serialize)]
pub struct RejectRow {
    /// The reason, for people.
    pub reason: String,
    /// How many lines.
    pub lines: u64,
}

/// A line that could not be read.
#[derive(Clone, Debug, Serialize)]
pub struct RejectedLine {
    /// The name of its file.
    pub file: String,
    /// Its number, from 1.
    pub line: u64,
    /// The reason, for people.
    pub reason: String,
}

impl Rejects {
    pub(crate) fn note(&mut self, file: usize, number: u64, reason: Reject) {
        let [count] = self.reasons.row(&reason, || reason);
        *count += 1;
        if self.first.len() < SHOWN {
            self.first.push((file, number, reason));
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.reasons.merge(other.reasons);
        self.first.extend(other.first);
        self.first.sort_unstable();
        self.first.truncate(SHOWN);
    }

    pub(crate) fn sum(&self, names: &[String]) -> Rejected {
        let rows = self.reasons.sorted();
        let named = |&(file, line, reason): &(usize, u64, Reject)| RejectedLine {
            file: names.get(file).cloned().unwrap_or_default(),
            line,
            reason: reason.to_string(),
        };
        Rejected {
            lines: rows.iter().map(|(_, [lines])| lines).sum(),
            reasons: rows
                .into_iter()
                .map(|(reason, &[lines])| RejectRow { reason: reason.to_string(), lines })
                .collect(),
            first: self.first.iter().map(named).collect(),
        }
    }
}
