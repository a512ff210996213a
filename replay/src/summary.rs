//! What a report says, as numbers: the form of `--json`.

use crate::{
    LimitRow, ModelRow, Passed, Played, Rejected, Sample, Tally,
    client::shown,
    count::{KINDS, Table, Verdicts},
    simulated,
    tally::{Happened, Scores},
    weight::{Estimate, Sum, requests},
};
use jiff::Timestamp;
use outwork_engine::{decision::Verdict, rules::Mode, time::Time};
use serde::Serialize;
use std::{cmp::Reverse, fmt::Display, hash::Hash};

/// What became of a log under a policy.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// The name of the bundle.
    pub bundle: String,
    /// The mode of the policy; in shadow, verdicts are those it would have in force.
    pub mode: String,
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
    /// Decisions that would have been in force.
    pub enforced: u64,
    /// Requests by verdict.
    pub verdicts: Counts,
    /// Requests by risk, 0 to 100.
    pub risk: Vec<u64>,
    /// Requests by hour of UTC and verdict.
    pub hours: Vec<HourRow>,
    /// Requests without a time.
    pub timeless: u64,
    /// Every rule that held at least once, those that counted most first.
    pub rules: Vec<RuleRow>,
    /// Rules that never held.
    pub silent_rules: Vec<String>,
    /// Every model.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<ModelRow>,
    /// Every limit.
    pub limits: Vec<LimitRow>,
    /// Whether limits were charged.
    pub limits_simulated: bool,
    /// Charges for which there was no room.
    pub charges_dropped: u64,
    /// Lines that were older by more than a minute than one before them: they were charged later than they came.
    pub lines_late: u64,
    /// Files that began before the end of the one before them: their limits began anew.
    pub limits_restarted: u64,
    /// What limits and canaries could not do here, one sentence each, for people.
    pub cautions: Vec<String>,
    /// The clients with the most requests, by verdict.
    pub clients: Vec<WhoRow>,
    /// How many different clients there were.
    pub client_count: usize,
    /// The user agents with the most requests, by verdict.
    pub user_agents: Vec<WhoRow>,
    /// How many different user agents there were.
    pub user_agent_count: usize,
    /// What the log says that happened, against the verdict.
    pub happened: Vec<HappenedRow>,
    /// How many lines were looked at for what they do not tell: every one of a small log, about one in 64 of a long one.
    pub asked: u64,
    /// What conditions ask for and some of those lines do not tell.
    pub unavailable: Vec<FieldRow>,
    /// Lines that could not be read.
    pub rejected: Rejected,
    /// Lines of each rule.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<RuleSamples>,
}

/// Requests by verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names of verdicts")]
pub struct Counts {
    pub allow: u64,
    pub tag: u64,
    pub throttle: u64,
    pub challenge: u64,
    pub block: u64,
}

impl From<Verdicts> for Counts {
    /// Of millionths.
    fn from(verdicts: Verdicts) -> Self {
        Self::of(verdicts.map(requests))
    }
}

impl Counts {
    fn of([allow, tag, throttle, challenge, block]: [u64; KINDS]) -> Self {
        Self { allow, tag, throttle, challenge, block }
    }

    /// With the names, in order.
    pub fn named(&self) -> [(&'static str, u64); KINDS] {
        let numbers = [self.allow, self.tag, self.throttle, self.challenge, self.block];
        let mut named = [("", 0); KINDS];
        for ((to, verdict), number) in named.iter_mut().zip(Verdict::ALL).zip(numbers) {
            *to = (verdict.name(), number);
        }
        named
    }

    /// All together.
    pub fn all(&self) -> u64 {
        self.allow + self.tag + self.throttle + self.challenge + self.block
    }
}

/// One file.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "names that say it")]
pub struct FileRow {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<&'static str>,
    /// Why it could not be read to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broken: Option<String>,
}

/// One hour.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "names that say it")]
pub struct HourRow {
    pub hour: String,
    #[serde(flatten)]
    pub verdicts: Counts,
}

/// One rule.
#[derive(Clone, Debug, Serialize)]
pub struct RuleRow {
    /// Its id.
    pub id: String,
    /// Words to find it by, as its pack has them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// How often it held.
    pub fired: u64,
    /// How often it counted.
    pub counted: u64,
    /// How often it held without effect: in shadow, or outside its canary.
    pub shadow: u64,
    /// How often another rule of its pack had decided before.
    pub late: u64,
    /// How often its last day was over, or it was switched off.
    pub off: u64,
}

/// One client, or one user agent.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "names that say it")]
pub struct WhoRow {
    pub name: String,
    #[serde(flatten)]
    pub verdicts: Counts,
}

/// What happened, and what the policy would have done.
#[derive(Clone, Debug, Serialize)]
pub struct HappenedRow {
    /// What the log says.
    pub log: String,
    /// The verdict.
    pub verdict: &'static str,
    /// Whether the two agree.
    pub agrees: bool,
    /// How many requests.
    pub requests: u64,
}

/// What rules ask for and the log does not tell.
#[derive(Clone, Debug, Serialize)]
pub struct FieldRow {
    /// A signal, or a header.
    pub field: String,
    /// How many of the lines that were looked at do not tell it.
    pub lines: u64,
    /// The same, per mille of them.
    pub per_mille: u64,
    /// The rules that ask for it, and the limits.
    pub rules: Vec<String>,
}

/// Lines of one rule.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "names that say it")]
pub struct RuleSamples {
    pub rule: String,
    pub lines: Vec<Sample>,
}

impl Summary {
    /// Sums up. `names` are the files', `top` is how many clients and user agents are named for each verdict.
    pub fn of(played: Played<Tally<'_>>, names: &[String], limits: bool, top: usize) -> Self {
        let files = files(&played, names);
        let mut cautions = simulated::cautions(&played);
        let tally = played.sink;
        let policy = tally.policy;
        let (rules, silent_rules) = rules(&tally);
        let hours = tally.hours.sorted();
        cautions.extend(tally.simulated.cautions(policy));
        if limits && !policy.limits().is_empty() {
            cautions.extend(simulated::thinned(tally.lines));
        }
        let all: Sum = tally.verdicts.iter().copied().sum();
        let named = Verdict::ALL.iter().zip(&tally.verdicts).map(|(verdict, sum)| (verdict.name(), *sum));
        Self {
            bundle: policy.name().to_owned(),
            mode: mode(policy.settings().mode),
            files,
            requests: all.requests(),
            estimate: Estimate::of(tally.lines, all, named.chain([("enforced", tally.enforced)])),
            passed: played.passed,
            enforced: tally.enforced.requests(),
            verdicts: Counts::of(tally.verdicts.map(Sum::requests)),
            hours: hours.into_iter().map(|(hour, numbers)| HourRow::of(*hour, *numbers)).collect(),
            timeless: requests(tally.timeless),
            rules,
            silent_rules,
            models: Scores::rows(policy, &tally.models),
            limits: tally.simulated.rows(policy),
            cautions,
            limits_simulated: limits,
            charges_dropped: played.dropped.first().copied().unwrap_or(0),
            lines_late: played.late,
            limits_restarted: played.restarts,
            clients: who(&tally.clients, top, ToString::to_string),
            client_count: tally.clients.len(),
            user_agents: who(&tally.agents, top, |agent| shown(agent)),
            user_agent_count: tally.agents.len(),
            happened: happened(&tally),
            asked: tally.fields.asked(),
            unavailable: unavailable(&tally),
            rejected: tally.rejects.sum(names),
            samples: samples(&tally),
            risk: tally.risk.into_iter().map(requests).collect(),
        }
    }

    /// Gives the rules their tags, which a bundle keeps apart from what it decides by.
    pub fn tag(&mut self, tags: impl Fn(&str) -> Vec<String>) {
        self.rules.iter_mut().for_each(|rule| rule.tags = tags(&rule.id));
    }

    /// Whether some file could not be read to its end.
    pub fn is_incomplete(&self) -> bool {
        self.files.iter().any(|file| file.broken.is_some())
    }
}

impl HourRow {
    fn of(hour: u64, numbers: Verdicts) -> Self {
        Self { hour: instant(Time::from_seconds(hour * 3_600)), verdicts: numbers.into() }
    }
}

/// RFC 3339 in UTC; the number itself where the calendar ends.
pub(crate) fn instant(time: Time) -> String {
    let stamp = i64::try_from(time.0).ok().and_then(|micros| Timestamp::from_microsecond(micros).ok());
    stamp.map_or_else(|| time.0.to_string(), |stamp| stamp.to_string())
}

pub(crate) fn files<S>(played: &Played<S>, names: &[String]) -> Vec<FileRow> {
    let row = |(at, name): (usize, &String)| FileRow {
        name: name.clone(),
        format: played.formats.get(at).copied().flatten().map(crate::Format::name),
        broken: played.broken.iter().find(|(file, _)| *file == at).map(|(_, why)| why.clone()),
    };
    names.iter().enumerate().map(row).collect()
}

pub(crate) fn mode(mode: Mode) -> String {
    match mode {
        Mode::Off => "off".into(),
        Mode::Shadow => "shadow".into(),
        Mode::Canary(part) => format!("canary {}.{:02} %", part / 100, part % 100),
        Mode::Enforce => "enforce".into(),
    }
}

fn rules(tally: &Tally<'_>) -> (Vec<RuleRow>, Vec<String>) {
    let mut rows: Vec<RuleRow> = Vec::new();
    let mut silent = Vec::new();
    for (rule, sums) in tally.policy.rules().iter().zip(&tally.rules) {
        let [counted, shadow, late, expired, off] = sums.map(requests);
        let fired = counted + shadow + late + expired + off;
        if fired == 0 {
            silent.push(rule.id.clone());
        } else {
            rows.push(RuleRow {
                id: rule.id.clone(),
                tags: Vec::new(),
                fired,
                counted,
                shadow,
                late,
                off: expired + off,
            });
        }
    }
    rows.sort_by_key(|row| Reverse((row.counted, row.fired)));
    (rows, silent)
}

/// The first of each verdict, without those that are named already.
fn who<K: Clone + Eq + Hash + Ord>(table: &Table<K, KINDS>, most: usize, name: impl Fn(&K) -> String) -> Vec<WhoRow> {
    let mut rows: Vec<(&K, &Verdicts)> = Vec::new();
    for verdict in (0..4).rev() {
        let weight = |numbers: &Verdicts| numbers.get(verdict).copied().unwrap_or(0);
        for row in table.top(most, weight) {
            if !rows.iter().any(|(known, _)| *known == row.0) {
                rows.push(row);
            }
        }
    }
    rows.into_iter().map(|(key, numbers)| WhoRow { name: name(key), verdicts: (*numbers).into() }).collect()
}

fn happened(tally: &Tally<'_>) -> Vec<HappenedRow> {
    let row = |(&(happened, verdict), &[sum]): (&(Happened, Verdict), &[u64; 1])| HappenedRow {
        log: happened.to_string(),
        verdict: verdict.name(),
        agrees: happened.agrees(verdict),
        requests: requests(sum),
    };
    tally.happened.sorted().into_iter().map(row).collect()
}

impl Display for Happened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Decided(verdict, true) => f.write_str(verdict.name()),
            Self::Decided(verdict, false) => write!(f, "{}, not in force", verdict.name()),
            Self::Served => f.write_str("answered otherwise"),
            Self::Throttled => f.write_str("429"),
            Self::Refused => f.write_str("403"),
        }
    }
}

fn unavailable(tally: &Tally<'_>) -> Vec<FieldRow> {
    let (rules, limits) = (tally.policy.rules().iter(), tally.policy.limits().iter());
    let ids: Vec<_> = rules.map(|rule| &rule.id).chain(limits.map(|limit| &limit.id)).collect();
    let rows = tally.fields.missing().map(|missing| FieldRow {
        field: missing.name.to_owned(),
        lines: missing.lines,
        per_mille: missing.lines * 1_000 / tally.fields.asked().max(1),
        rules: missing.conditions.iter().filter_map(|place| ids.get(*place).map(ToString::to_string)).collect(),
    });
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by_key(|row| Reverse((row.per_mille, row.rules.len())));
    rows
}

fn samples(tally: &Tally<'_>) -> Vec<RuleSamples> {
    let named = tally.samples.0.iter().filter(|(_, lines)| !lines.is_empty()).filter_map(|(place, lines)| {
        let rule = tally.policy.rules().get(*place)?.id.clone();
        Some(RuleSamples { rule, lines: lines.clone() })
    });
    named.collect()
}
