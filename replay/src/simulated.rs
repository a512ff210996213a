//! What a log cannot be asked by its limits and canaries, beside what became of the charges.

use crate::{
    Entry, Outcome, Played,
    count::add,
    text::number,
    weight::{Lines, requests},
};
use outwork_engine::{limits::Charged, policy::Policy, rules::Mode};
use serde::Serialize;

/// What became of a policy's limits, and of those by whom canaries are chosen.
#[derive(Debug)]
pub(crate) struct Simulated {
    // One a limit: charged, refused, and due without a key; in millionths of a request, as what follows.
    limits: Vec<[u64; 3]>,
    has_canaries: bool,
    nameless: u64,
}

/// One limit.
#[derive(Clone, Debug, Serialize)]
pub struct LimitRow {
    /// Its id.
    pub id: String,
    /// How often it was charged.
    pub charged: u64,
    /// How often it refused.
    pub refused: u64,
    /// How often it was due, and not charged because the log lacks a part of its key.
    pub keyless: u64,
}

impl Simulated {
    pub(crate) fn new(policy: &Policy) -> Self {
        let is_canary = |mode| matches!(mode, Mode::Canary(_));
        let has_canaries = is_canary(policy.settings().mode) || policy.rules().iter().any(|rule| is_canary(rule.mode));
        Self { limits: vec![[0; 3]; policy.limits().len()], has_canaries, nameless: 0 }
    }

    pub(crate) fn note(&mut self, entry: &Entry<'_>, outcome: &Outcome<'_>) {
        let weight = entry.rate.weight();
        for charged in outcome.charged {
            let Charged::Known(charged) = charged else { continue };
            if let Some(limit) = self.limits.get_mut(usize::from(charged.limit)) {
                add(limit, &[weight, if charged.admitted() { 0 } else { weight }, 0]);
            }
        }
        for &place in outcome.keyless {
            if let Some(limit) = self.limits.get_mut(usize::from(place)) {
                add(limit, &[0, 0, weight]);
            }
        }
        if self.has_canaries && !entry.address.is_known() && entry.pseudonym.is_none() {
            self.nameless += weight;
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.limits.iter_mut().zip(&other.limits).for_each(|(sum, more)| add(sum, more));
        self.nameless += other.nameless;
    }

    /// Every limit, in the order of the policy.
    pub(crate) fn rows(&self, policy: &Policy) -> Vec<LimitRow> {
        let row = |(limit, numbers): (&outwork_engine::limits::Limit, &[u64; 3])| {
            let [charged, refused, keyless] = numbers.map(requests);
            LimitRow { id: limit.id.clone(), charged, refused, keyless }
        };
        policy.limits().iter().zip(&self.limits).map(row).collect()
    }

    /// What is weaker here than in front of the origin, one sentence each, for people.
    pub(crate) fn cautions(&self, policy: &Policy) -> Vec<String> {
        let limits = self.rows(policy).into_iter().filter_map(|limit| keyless(&limit.id, limit.charged, limit.keyless));
        let canaries = (self.nameless > 0).then(|| {
            let nameless = number(requests(self.nameless));
            format!("canaries cannot be told apart: the log has neither address nor pseudonym of {nameless} requests")
        });
        limits.chain(canaries).collect()
    }
}

/// That a limit could not always be charged.
pub(crate) fn keyless(id: &str, charged: u64, keyless: u64) -> Option<String> {
    let due = number(charged + keyless);
    let lacking = number(keyless);
    (keyless > 0)
        .then(|| format!("limit `{id}` was due {due} times, {lacking} of them without a part of its key in the log"))
}

/// What a whole run has to say of the limits of all its policies.
pub(crate) fn cautions<S>(played: &Played<S>) -> Vec<String> {
    let dropped: u64 = played.dropped.iter().sum();
    let said = [
        (dropped, "charges that found no room in memory and refused nobody"),
        (
            played.late,
            "lines older by more than a minute than one before them, which limits charged later than they came",
        ),
        (
            played.restarts,
            "files that begin before the end of the one before them, where limits began anew; give the oldest first",
        ),
    ];
    said.into_iter().filter(|(count, _)| *count > 0).map(|(count, says)| format!("{says}: {}", number(count))).collect()
}

/// That limits were charged by a sample.
pub(crate) fn thinned(lines: Lines) -> Option<String> {
    let (sampled, all) = (number(lines.sampled), number(lines.all));
    (lines.sampled > 0).then(|| {
        format!(
            "limits were charged by a sample: {sampled} of {all} lines stand for more requests than themselves, and what was \
             not kept charged nothing, so that the rates of clients are understated, and limits refuse too few"
        )
    })
}
