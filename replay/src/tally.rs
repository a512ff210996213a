//! What became of a whole log under one policy.

mod fields;
mod sample;
mod scores;

pub(crate) use fields::Fields;
pub use sample::Sample;
pub use scores::ModelRow;
pub(crate) use scores::Scores;

use crate::{
    Entry, Line, Outcome, Reject, Sink,
    client::Client,
    count::{KINDS, Table, add, count},
    rejects::Rejects,
    simulated::Simulated,
    weight::{Lines, Sum},
};
use outwork_engine::{decision::Verdict, policy::Policy, rules::Standing};
use sample::Samples;

/// What is counted beside the sums.
#[derive(Clone, Copy, Debug)]
pub struct Keep {
    /// How many lines of each rule are kept.
    pub samples: usize,
    /// Whether every decision is written, as a line of JSON.
    pub decisions: bool,
}

/// The most bytes of a user agent that is counted.
const LONGEST_AGENT: usize = 300;

/// What a log says that happened to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Happened {
    /// A record says what was decided.
    Decided(Verdict, bool),
    /// Answered with a status that no refusal has.
    Served,
    /// 429
    Throttled,
    /// 403
    Refused,
}

impl Happened {
    fn of(entry: &Entry<'_>) -> Option<Self> {
        match (entry.recorded, entry.status) {
            (Some((verdict, enforced)), _) => Some(Self::Decided(verdict, enforced)),
            (None, Some(429)) => Some(Self::Throttled),
            (None, Some(403)) => Some(Self::Refused),
            (None, Some(_)) => Some(Self::Served),
            (None, None) => None,
        }
    }

    /// Whether this is what a verdict leads to.
    pub(crate) fn agrees(self, verdict: Verdict) -> bool {
        match self {
            Self::Decided(decided, _) => decided == verdict,
            Self::Served => matches!(verdict, Verdict::Allow | Verdict::Tag),
            Self::Throttled => verdict == Verdict::Throttle,
            Self::Refused => matches!(verdict, Verdict::Challenge | Verdict::Block),
        }
    }
}

/// What is counted of a log under one policy. Numbers of requests are in millionths, because a line may stand for several.
#[derive(Debug)]
pub struct Tally<'p> {
    pub(crate) policy: &'p Policy,
    pub(crate) keep: Keep,
    pub(crate) lines: Lines,
    pub(crate) verdicts: [Sum; KINDS],
    pub(crate) enforced: Sum,
    pub(crate) risk: Vec<u64>,
    // One a rule: counted, shadowed, late, expired, off.
    pub(crate) rules: Vec<[u64; 5]>,
    pub(crate) models: Vec<Scores>,
    pub(crate) simulated: Simulated,
    pub(crate) hours: Table<u64, KINDS>,
    pub(crate) timeless: u64,
    pub(crate) clients: Table<Client, KINDS>,
    pub(crate) agents: Table<Box<[u8]>, KINDS>,
    pub(crate) happened: Table<(Happened, Verdict), 1>,
    pub(crate) rejects: Rejects,
    pub(crate) fields: Fields<'p>,
    pub(crate) samples: Samples,
    decisions: Vec<u8>,
}

impl<'p> Tally<'p> {
    /// Nothing counted yet.
    pub fn new(policy: &'p Policy, keep: Keep) -> Self {
        Self {
            policy,
            keep,
            lines: Lines::default(),
            verdicts: [Sum::default(); KINDS],
            enforced: Sum::default(),
            risk: vec![0; 101],
            rules: vec![[0; 5]; policy.rules().len()],
            models: Scores::of(policy),
            simulated: Simulated::new(policy),
            hours: Table::default(),
            timeless: 0,
            clients: Table::default(),
            agents: Table::default(),
            happened: Table::default(),
            rejects: Rejects::default(),
            fields: Fields::of(policy),
            samples: Samples::default(),
            decisions: Vec::new(),
        }
    }

    fn trace(&mut self, outcome: &Outcome<'_>, weight: u64) {
        for &(place, standing) in outcome.fired {
            if let Some(number) = self.rules.get_mut(place).and_then(|rule| rule.get_mut(standing_place(standing))) {
                *number += weight;
            }
        }
    }

    fn who(&mut self, line: &Line<'_>, verdict: Verdict) {
        let rate = line.entry.rate;
        let client = Client::of(line.entry);
        count(self.clients.row(&client, || client.clone()), verdict, rate);
        if let Some(agent) = line.entry.header(b"user-agent") {
            let agent = agent.get(..LONGEST_AGENT).unwrap_or(agent);
            count(self.agents.row(agent, || agent.into()), verdict, rate);
        }
        match line.entry.time {
            Some(time) => {
                let hour = time.seconds() / 3_600;
                count(self.hours.row(&hour, || hour), verdict, rate);
            }
            None => self.timeless += rate.weight(),
        }
        if let Some(happened) = Happened::of(line.entry) {
            let key = (happened, verdict);
            let [number] = self.happened.row(&key, || key);
            *number += rate.weight();
        }
    }
}

fn standing_place(standing: Standing) -> usize {
    match standing {
        Standing::Counts => 0,
        Standing::Shadowed => 1,
        Standing::Late => 2,
        Standing::Expired => 3,
        Standing::Off => 4,
    }
}

impl Sink for Tally<'_> {
    fn line(&mut self, line: Line<'_>, outcomes: &[Outcome<'_>]) {
        let [outcome] = outcomes else { return };
        let verdict = outcome.judgement.verdict;
        let (rate, weight) = (line.entry.rate, line.entry.rate.weight());
        self.lines.count(rate);
        if let Some(sum) = self.verdicts.get_mut(verdict as usize) {
            sum.count(rate);
        }
        if outcome.judgement.enforced {
            self.enforced.count(rate);
        }
        if let Some(number) = self.risk.get_mut(usize::from(outcome.judgement.risk.total)) {
            *number += weight;
        }
        self.trace(outcome, weight);
        Scores::note(&mut self.models, outcome, weight);
        self.simulated.note(line.entry, outcome);
        self.who(&line, verdict);
        self.fields.ask(&line);
        if self.keep.samples > 0 {
            self.samples.keep(&line, outcome, self.policy, self.keep.samples);
        }
        if self.keep.decisions {
            let sample = Sample::of(&line, outcome, self.policy);
            // A struct of texts and numbers has no way not to be written.
            if serde_json::to_writer(&mut self.decisions, &sample).is_ok() {
                self.decisions.push(b'\n');
            }
        }
    }

    fn reject(&mut self, file: usize, number: u64, reason: Reject) {
        self.rejects.note(file, number, reason);
    }

    fn text(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.decisions)
    }

    fn merge(&mut self, other: Self) {
        self.lines.merge(other.lines);
        self.verdicts.iter_mut().zip(other.verdicts).for_each(|(sum, more)| *sum += more);
        self.enforced += other.enforced;
        self.timeless += other.timeless;
        self.risk.iter_mut().zip(&other.risk).for_each(|(sum, more)| *sum += more);
        self.rules.iter_mut().zip(&other.rules).for_each(|(sum, more)| add(sum, more));
        Scores::merge(&mut self.models, &other.models);
        self.simulated.merge(&other.simulated);
        self.hours.merge(other.hours);
        self.clients.merge(other.clients);
        self.agents.merge(other.agents);
        self.happened.merge(other.happened);
        self.rejects.merge(other.rejects);
        self.fields.merge(&other.fields);
        self.samples.merge(other.samples, self.keep.samples);
    }
}
