//! What is said of simulated limits, as numbers: the form of `--json`.

use super::{ASKED, Key, Simulated, timeline};
use crate::{
    FileRow, Passed, Played, Rejected,
    simulated::{cautions, keyless, thinned},
    summary::{files, instant, mode},
    text::number,
};
use outwork_engine::{
    limits::{Limit, Scope},
    time::Time,
};
use serde::Serialize;
use std::cmp::Reverse;

/// What the limits of a policy would do.
#[derive(Clone, Debug, Serialize)]
pub struct Simulation {
    /// The name of the bundle.
    pub bundle: String,
    /// The mode of the policy; in shadow nothing is refused, and this is what would be.
    pub mode: String,
    /// What was set otherwise than in the policy, as it was given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub set: Vec<String>,
    /// The files, in the order given.
    pub files: Vec<FileRow>,
    /// Requests that were read.
    pub requests: u64,
    /// Those that stand for others, too, which were not kept and charged nothing.
    #[serde(skip_serializing_if = "is_none")]
    pub sampled: u64,
    /// What was passed over because of its time, where times were given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passed: Option<Passed>,
    /// Those that at least one limit was charged for.
    pub charged: u64,
    /// Those that at least one limit refused.
    pub refused: u64,
    /// Requests without a time, which no limit is charged for.
    pub timeless: u64,
    /// Seconds that a step of every limit's `time` lasts.
    pub step: u64,
    /// Every limit, in the order of the policy.
    pub limits: Vec<LimitReport>,
    /// What the simulation could not do, one sentence each, for people.
    pub cautions: Vec<String>,
    /// Lines that could not be read.
    pub rejected: Rejected,
}

/// What a limit would do.
#[derive(Clone, Debug, Serialize)]
pub struct LimitReport {
    /// Its id.
    pub id: String,
    /// Tokens that its bucket holds.
    pub burst: u32,
    /// Seconds in which a token comes back, at low, medium and high risk.
    pub interval: [f64; 3],
    /// Its ladder.
    pub ladder: Vec<&'static str>,
    /// `local`, or `global`; either is simulated as one bucket a key.
    pub scope: &'static str,
    /// What became of its charges.
    #[serde(flatten)]
    pub counts: AskedCounts,
    /// How often it was due, and not charged because the log lacks a part of its key.
    pub keyless: u64,
    /// How many different keys were charged.
    pub keys: u64,
    /// How many of them were ever refused.
    pub keys_refused: u64,
    /// The keys that were refused most often, then those that were charged most often.
    pub heaviest: Vec<KeyRow>,
    /// Over time; steps in which it was not charged are left out.
    pub time: Vec<StepRow>,
}

/// What became of charges.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct AskedCounts {
    /// All of them.
    pub charged: u64,
    /// Overflows that were let through, and tagged.
    pub tagged: u64,
    /// Refused until there are tokens.
    pub throttled: u64,
    /// Refused until a challenge is passed.
    pub challenged: u64,
    /// Refused for a term.
    pub blocked: u64,
}

/// One client, as a limit counts them.
#[derive(Clone, Debug, Serialize)]
pub struct KeyRow {
    /// A pseudonym: the first half of the key. The same in every replay, and in none of the hosts.
    pub key: String,
    /// What became of its charges.
    #[serde(flatten)]
    pub counts: AskedCounts,
    /// The file of its first request.
    pub file: String,
    /// The line there.
    pub line: u64,
}

/// One step of time.
#[derive(Clone, Debug, Serialize)]
pub struct StepRow {
    /// When it begins, RFC 3339.
    pub from: String,
    /// The same in seconds of the Unix epoch.
    pub seconds: u64,
    /// What became of its charges.
    #[serde(flatten)]
    pub counts: AskedCounts,
}

impl From<[u64; ASKED]> for AskedCounts {
    fn from([passed, tagged, throttled, challenged, blocked]: [u64; ASKED]) -> Self {
        let charged = passed + tagged + throttled + challenged + blocked;
        Self { charged, tagged, throttled, challenged, blocked }
    }
}

impl AskedCounts {
    /// Those that were refused.
    pub fn refused(&self) -> u64 {
        self.throttled + self.challenged + self.blocked
    }

    /// These and others.
    pub(crate) fn plus(self, other: &Self) -> Self {
        Self {
            charged: self.charged + other.charged,
            tagged: self.tagged + other.tagged,
            throttled: self.throttled + other.throttled,
            challenged: self.challenged + other.challenged,
            blocked: self.blocked + other.blocked,
        }
    }

    /// With the names of verdicts, in order.
    pub fn named(&self) -> [(&'static str, u64); ASKED] {
        let passed = self.charged - self.tagged - self.refused();
        let Self { tagged, throttled, challenged, blocked, .. } = *self;
        [("allow", passed), ("tag", tagged), ("throttle", throttled), ("challenge", challenged), ("block", blocked)]
    }
}

impl Simulation {
    /// Sums up. `names` are the files', `top` is how many keys of each limit are named.
    pub fn of(played: Played<Simulated<'_>>, names: &[String], top: usize) -> Self {
        let files = files(&played, names);
        let mut said = cautions(&played);
        let passed = played.passed;
        let simulated = played.sink;
        let policy = simulated.policy;
        let spans = simulated.limits.iter().filter_map(|limit| limit.time.span());
        let span = spans.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)));
        let step = timeline::shown(span.unwrap_or_default());
        let limits = simulated.limits(step, names, top);
        let lacking = limits.iter().filter_map(|limit| keyless(&limit.id, limit.counts.charged, limit.keyless));
        said.extend(lacking);
        said.extend(simulated.cautions());
        let cautions = thinned(simulated.lines).into_iter().chain(said).collect();
        Self {
            bundle: policy.name().to_owned(),
            mode: mode(policy.settings().mode),
            set: Vec::new(),
            files,
            requests: simulated.lines.all,
            sampled: simulated.lines.sampled,
            passed,
            charged: simulated.charged,
            refused: simulated.refused,
            timeless: simulated.timeless,
            step,
            limits,
            cautions,
            rejected: simulated.rejects.sum(names),
        }
    }

    /// Whether some file could not be read to its end.
    pub fn is_incomplete(&self) -> bool {
        self.files.iter().any(|file| file.broken.is_some())
    }
}

/// Whether a number need not be told.
fn is_none(number: &u64) -> bool {
    *number == 0
}

impl Simulated<'_> {
    fn limits(&self, step: u64, names: &[String], top: usize) -> Vec<LimitReport> {
        let mut keys: Vec<Vec<(u128, &Key)>> = vec![Vec::new(); self.limits.len()];
        for ((limit, key), counted) in &self.keys {
            if let Some(own) = keys.get_mut(usize::from(*limit)) {
                own.push((*key, counted));
            }
        }
        let rows = self.policy.limits().iter().zip(&self.limits).zip(keys);
        rows.map(|((limit, counted), mut keys)| {
            let refused = |key: &Key| AskedCounts::from(key.asked).refused();
            let seconds = |micros: u64| micros as f64 / 1e6;
            let keys_refused = keys.iter().filter(|(_, key)| refused(key) > 0).count();
            keys.sort_unstable_by_key(|(name, key)| {
                (Reverse((refused(key), AskedCounts::from(key.asked).charged)), *name)
            });
            LimitReport {
                id: limit.id.clone(),
                burst: limit.burst,
                interval: limit.interval.map(seconds),
                ladder: limit.ladder.rungs().map(outwork_engine::limits::Rung::name).collect(),
                scope: scope(limit),
                counts: counted.asked.into(),
                keyless: counted.keyless,
                keys: crate::text::count(keys.len()),
                keys_refused: crate::text::count(keys_refused),
                heaviest: keys.iter().take(top).map(|(name, key)| row(*name, key, names)).collect(),
                time: counted.time.by(step).into_iter().map(StepRow::of).collect(),
            }
        })
        .collect()
    }

    fn cautions(&self) -> impl Iterator<Item = String> {
        let said = [
            (self.timeless, "requests without a time, which no limit was charged for"),
            (self.uncounted, "charges of keys for which there was no room, and which are not among the keys seen"),
        ];
        said.into_iter().filter(|(count, _)| *count > 0).map(|(count, says)| format!("{says}: {}", number(count)))
    }
}

impl StepRow {
    fn of((seconds, counts): (u64, [u64; ASKED])) -> Self {
        Self { from: instant(Time::from_seconds(seconds)), seconds, counts: counts.into() }
    }
}

fn scope(limit: &Limit) -> &'static str {
    match limit.scope {
        Scope::Local => "local",
        Scope::Global => "global",
    }
}

fn row(name: u128, key: &Key, names: &[String]) -> KeyRow {
    let (file, line) = key.first;
    KeyRow {
        key: format!("{:016x}", name >> 64),
        counts: key.asked.into(),
        file: names.get(file).cloned().unwrap_or_default(),
        line,
    }
}
