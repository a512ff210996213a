//! What a diff says, as numbers: the form of `--json`.

use super::{Diff, How};
use crate::{
    Budget, Estimate, FileRow, LimitRow, Passed, Played, Rejected, Sample,
    client::shown,
    count::Table,
    simulated,
    summary::files,
    weight::{Sum, requests},
};
use outwork_engine::decision::Verdict;
use serde::Serialize;
use std::{cmp::Reverse, hash::Hash};

/// What changes between two policies, over one log.
#[derive(Clone, Debug, Serialize)]
pub struct DiffSummary {
    /// The name of the old bundle.
    pub old: String,
    /// The name of the new bundle.
    pub new: String,
    /// The files, in the order given.
    pub files: Vec<FileRow>,
    /// Requests that were read.
    pub requests: u64,
    /// Where some lines are a sample, so that every number of requests is an estimate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimate: Option<Estimate>,
    /// What was passed over because of its time, where times were given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passed: Option<Passed>,
    /// Requests whose verdict changes.
    pub changed: u64,
    /// Requests that only the new policy blocks.
    pub newly_blocked: u64,
    /// Requests that only the new policy throttles, and that the old one did not block.
    pub newly_throttled: u64,
    /// Requests that only the new policy challenges, and that the old one did not block.
    pub newly_challenged: u64,
    /// Requests that the old policy refused and the new one lets through.
    pub newly_admitted: u64,
    /// Requests by old and new verdict.
    pub pairs: Vec<PairRow>,
    /// Requests whose risk rises.
    pub risk_rises: u64,
    /// Requests whose risk falls.
    pub risk_falls: u64,
    /// Requests by how much their risk changes.
    pub shifts: Vec<ShiftRow>,
    /// The rules and limits behind the changes of verdict.
    pub causes: Vec<CauseRow>,
    /// The clients with the most changes.
    pub clients: Vec<ChangedWho>,
    /// How many clients have any.
    pub client_count: usize,
    /// The user agents with the most changes.
    pub user_agents: Vec<ChangedWho>,
    /// How many user agents have any.
    pub user_agent_count: usize,
    /// The first lines of each pair of verdicts.
    pub samples: Vec<Change>,
    /// Whether limits were charged.
    pub limits_simulated: bool,
    /// Charges for which there was no room, under the old and under the new policy.
    pub charges_dropped: Vec<u64>,
    /// Lines that were older by more than a minute than one before them: they were charged later than they came.
    pub lines_late: u64,
    /// Files that began before the end of the one before them: their limits began anew.
    pub limits_restarted: u64,
    /// Every limit of the old policy.
    pub old_limits: Vec<LimitRow>,
    /// Every limit of the new policy.
    pub new_limits: Vec<LimitRow>,
    /// What limits and canaries could not do here, one sentence each, for people.
    pub cautions: Vec<String>,
    /// Lines that could not be read.
    pub rejected: Rejected,
    /// The budgets that were given.
    pub budgets: Vec<Within>,
}

/// Requests that had one verdict and have another.
#[derive(Clone, Debug, Serialize)]
pub struct PairRow {
    /// The old verdict.
    pub old: &'static str,
    /// The new verdict.
    pub new: &'static str,
    /// How many requests.
    pub requests: u64,
    /// The standard error of their share, from 0 to 1, where that is an estimate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share_error: Option<f64>,
}

/// Requests whose risk changes by as much.
#[derive(Clone, Debug, Serialize)]
pub struct ShiftRow {
    /// The least change.
    pub from: i64,
    /// The largest change.
    pub to: i64,
    /// How many requests.
    pub requests: u64,
}

/// What has to do with changes.
#[derive(Clone, Debug, Serialize)]
pub struct CauseRow {
    /// A rule or a limit; empty for settings.
    pub id: String,
    /// The rule's tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// How.
    pub how: How,
    /// Of how many requests whose verdict changes.
    pub requests: u64,
}

/// Who meets changes.
#[derive(Clone, Debug, Serialize)]
pub struct ChangedWho {
    /// A client, or a user agent.
    pub name: String,
    /// Requests whose verdict changes.
    pub changed: u64,
    /// Requests that only the new policy refuses.
    pub newly_refused: u64,
}

/// One request before and after.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    /// Under the old policy.
    pub old: Sample,
    /// Under the new policy.
    pub new: Sample,
}

/// A budget, and what was spent of it.
#[derive(Clone, Debug, Serialize)]
pub struct Within {
    /// What it is about: `newly-blocked`.
    pub name: &'static str,
    /// The most that may be.
    pub budget: Budget,
    /// How many requests there were; lines, of `unread`.
    pub requests: u64,
    /// Of how many.
    pub of: u64,
    /// The standard error of the share, from 0 to 1, where that is an estimate. What is held against the budget is the estimate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share_error: Option<f64>,
    /// Whether that is too many.
    pub exceeded: bool,
}

/// What may be spent, each where it is given.
#[derive(Clone, Copy, Debug, Default)]
pub struct Budgets {
    /// Of requests that only the new policy blocks.
    pub newly_blocked: Option<Budget>,
    /// Of requests that only the new policy throttles.
    pub newly_throttled: Option<Budget>,
    /// Of requests that only the new policy challenges.
    pub newly_challenged: Option<Budget>,
    /// Of requests whose verdict changes.
    pub changed: Option<Budget>,
    /// Of lines that could not be read, blank ones not counted; 1 % where it is not given and another is.
    pub unread: Option<Budget>,
}

/// The share of lines that may be unread where a budget is given: some logs have a few lines of scanners that are no HTTP,
/// and of a log of which more is missing nobody knows what changes.
const UNREAD: Budget = Budget::Share(10_000);

impl DiffSummary {
    /// Sums up. `top` is how many clients and user agents are named.
    pub fn of(played: Played<Diff<'_>>, names: &[String], limits: bool, top: usize, budgets: Budgets) -> Self {
        let files = files(&played, names);
        let mut cautions = simulated::cautions(&played);
        let diff = played.sink;
        let pairs = pairs(&diff);
        let [old, new] = &diff.simulated;
        for (which, simulated, policy) in [("old", old, diff.old), ("new", new, diff.new)] {
            cautions.extend(simulated.cautions(policy).into_iter().map(|caution| format!("{which}: {caution}")));
        }
        if limits && !(diff.old.limits().is_empty() && diff.new.limits().is_empty()) {
            cautions.extend(simulated::thinned(diff.lines));
        }
        let all: Sum = pairs.iter().map(|(.., sum)| *sum).sum();
        let kinds = kinds(&pairs, &diff.shifts);
        let [changed, newly_blocked, newly_throttled, newly_challenged, newly_admitted, risk_rises, risk_falls] =
            kinds.map(|(_, sum)| sum.requests());
        let rejected = diff.rejects.sum(names);
        let estimate = Estimate::of(diff.lines, all, kinds);
        let budgets = budgets.spent(&kinds, all.requests(), (rejected.lines, diff.lines.all), estimate.as_ref());
        Self {
            old: diff.old.name().to_owned(),
            new: diff.new.name().to_owned(),
            files,
            requests: all.requests(),
            estimate,
            passed: played.passed,
            changed,
            newly_blocked,
            newly_throttled,
            newly_challenged,
            newly_admitted,
            pairs: pairs
                .iter()
                .filter(|(.., sum)| sum.requests() > 0)
                .map(|(old, new, sum)| PairRow {
                    old: old.name(),
                    new: new.name(),
                    requests: sum.requests(),
                    share_error: diff.lines.share_error(*sum, all),
                })
                .collect(),
            risk_rises,
            risk_falls,
            shifts: shifts(&diff.shifts),
            causes: causes(&diff),
            clients: who(&diff.clients, top, ToString::to_string),
            client_count: diff.clients.len(),
            user_agents: who(&diff.agents, top, |agent| shown(agent)),
            user_agent_count: diff.agents.len(),
            limits_simulated: limits,
            old_limits: old.rows(diff.old),
            new_limits: new.rows(diff.new),
            cautions,
            charges_dropped: played.dropped,
            lines_late: played.late,
            limits_restarted: played.restarts,
            budgets,
            rejected,
            samples: diff.changed.into_values().flatten().map(|(old, new)| Change { old, new }).collect(),
        }
    }

    /// Gives the rules behind the changes their tags, which a bundle keeps apart from what it decides by.
    pub fn tag(&mut self, tags: impl Fn(&str) -> Vec<String>) {
        self.causes.iter_mut().for_each(|cause| cause.tags = tags(&cause.id));
    }

    /// Whether a budget is exceeded.
    pub fn is_exceeded(&self) -> bool {
        self.budgets.iter().any(|budget| budget.exceeded)
    }

    /// Whether budgets were given and nothing was compared: no budget can be kept or exceeded then.
    pub fn is_void(&self) -> bool {
        self.requests == 0 && !self.budgets.is_empty()
    }

    /// Whether some file could not be read to its end.
    pub fn is_incomplete(&self) -> bool {
        self.files.iter().any(|file| file.broken.is_some())
    }
}

impl Budgets {
    fn spent(
        self,
        kinds: &[(&'static str, Sum)],
        all: u64,
        (unread, read): (u64, u64),
        estimate: Option<&Estimate>,
    ) -> Vec<Within> {
        let given = [
            ("newly-blocked", "newly_blocked", self.newly_blocked),
            ("newly-throttled", "newly_throttled", self.newly_throttled),
            ("newly-challenged", "newly_challenged", self.newly_challenged),
            ("changed", "changed", self.changed),
        ];
        let within = |(name, kind, budget): (_, &str, Option<Budget>)| {
            let (_, sum) = kinds.iter().find(|(known, _)| *known == kind)?;
            let share_error = estimate.and_then(|estimate| estimate.share_errors.get(kind).copied());
            Some(Within { share_error, ..Within::of(name, budget?, sum.requests(), all) })
        };
        let mut all: Vec<_> = given.into_iter().filter_map(within).collect();
        // Lines are never estimated.
        let unread_at_most = self.unread.or((!all.is_empty()).then_some(UNREAD));
        all.extend(unread_at_most.map(|budget| Within::of("unread", budget, unread, read + unread)));
        all
    }
}

impl Within {
    fn of(name: &'static str, budget: Budget, requests: u64, of: u64) -> Self {
        Self { name, budget, requests, of, share_error: None, exceeded: budget.is_exceeded(requests, of) }
    }
}

/// Requests by old and new verdict.
type Pairs = Vec<(Verdict, Verdict, Sum)>;

fn pairs(diff: &Diff<'_>) -> Pairs {
    let rows = Verdict::ALL.into_iter().zip(&diff.pairs);
    rows.flat_map(|(old, row)| Verdict::ALL.into_iter().zip(row).map(move |(new, sum)| (old, new, *sum))).collect()
}

/// What is told of the changes, by the names of `--json`.
fn kinds(pairs: &Pairs, shifts: &[Sum]) -> [(&'static str, Sum); 7] {
    let count = |is: &dyn Fn(Verdict, Verdict) -> bool| -> Sum {
        pairs.iter().filter(|(old, new, _)| is(*old, *new)).map(|(.., sum)| *sum).sum()
    };
    let shift = |range: std::ops::RangeInclusive<usize>| shifts.get(range).unwrap_or_default().iter().copied().sum();
    [
        ("changed", count(&|old, new| old != new)),
        ("newly_blocked", count(&|old, new| new == Verdict::Block && old != Verdict::Block)),
        ("newly_throttled", count(&|old, new| new == Verdict::Throttle && old < Verdict::Throttle)),
        ("newly_challenged", count(&|old, new| new == Verdict::Challenge && old < Verdict::Challenge)),
        ("newly_admitted", count(&|old, new| old >= Verdict::Throttle && new < Verdict::Throttle)),
        ("risk_rises", shift(101..=200)),
        ("risk_falls", shift(0..=99)),
    ]
}

/// In tens, and 0 by itself.
fn shifts(shifts: &[Sum]) -> Vec<ShiftRow> {
    let edges = [(-100, -51), (-50, -21), (-20, -11), (-10, -1), (0, 0), (1, 10), (11, 20), (21, 50), (51, 100)];
    let sum = |from: i64, to: i64| {
        let place = |change: i64| usize::try_from(change + 100).unwrap_or(0);
        shifts.get(place(from)..=place(to)).unwrap_or_default().iter().copied().sum::<Sum>().requests()
    };
    edges.into_iter().map(|(from, to)| ShiftRow { from, to, requests: sum(from, to) }).collect()
}

fn causes(diff: &Diff<'_>) -> Vec<CauseRow> {
    let row = |((id, how), &[sum]): (&(String, How), &[u64; 1])| CauseRow {
        id: id.clone(),
        tags: Vec::new(),
        how: *how,
        requests: requests(sum),
    };
    let mut rows: Vec<_> = diff.causes.rows.sorted().into_iter().map(row).collect();
    rows.sort_by_key(|row| Reverse(row.requests));
    rows
}

fn who<K: Clone + Eq + Hash + Ord>(table: &Table<K, 2>, most: usize, name: impl Fn(&K) -> String) -> Vec<ChangedWho> {
    let rows = table.top(most, |[changed, _]| *changed).into_iter();
    let row = |(key, sums): (&K, &[u64; 2])| {
        let [changed, newly_refused] = sums.map(requests);
        ChangedWho { name: name(key), changed, newly_refused }
    };
    rows.map(row).collect()
}
