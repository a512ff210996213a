//! What changes between two policies, over one log.

mod causes;
mod summary;

pub use causes::How;
pub use summary::{Budgets, CauseRow, Change, ChangedWho, DiffSummary, PairRow, ShiftRow, Within};

use crate::{
    Line, Outcome, Reject, Sample, Sink,
    client::Client,
    count::{KINDS, Table, add},
    rejects::Rejects,
    simulated::Simulated,
    weight::{Lines, Sum},
};
use causes::Causes;
use outwork_engine::{decision::Verdict, policy::Policy};
use std::collections::BTreeMap;

/// What is counted of a log under two policies. Numbers of requests are in millionths, because a line may stand for several.
#[derive(Debug)]
pub struct Diff<'p> {
    pub(crate) old: &'p Policy,
    pub(crate) new: &'p Policy,
    samples: usize,
    pub(crate) lines: Lines,
    // By old and new verdict.
    pub(crate) pairs: [[Sum; KINDS]; KINDS],
    // New risk less the old, from −100 to 100.
    pub(crate) shifts: Vec<Sum>,
    pub(crate) causes: Causes<'p>,
    // Changed, and refused by the new policy alone.
    pub(crate) clients: Table<Client, 2>,
    pub(crate) agents: Table<Box<[u8]>, 2>,
    // The first lines of each pair.
    pub(crate) changed: BTreeMap<(Verdict, Verdict), Vec<(Sample, Sample)>>,
    pub(crate) rejects: Rejects,
    // Old and new.
    pub(crate) simulated: [Simulated; 2],
}

/// The most bytes of a user agent that is counted.
const LONGEST_AGENT: usize = 300;

impl<'p> Diff<'p> {
    /// Nothing counted yet; keeps so many lines of each pair of verdicts.
    pub fn new(old: &'p Policy, new: &'p Policy, samples: usize) -> Self {
        Self {
            old,
            new,
            samples,
            lines: Lines::default(),
            pairs: [[Sum::default(); KINDS]; KINDS],
            shifts: vec![Sum::default(); 201],
            causes: Causes::new(old, new),
            clients: Table::default(),
            agents: Table::default(),
            changed: BTreeMap::new(),
            rejects: Rejects::default(),
            simulated: [old, new].map(Simulated::new),
        }
    }

    fn change(&mut self, line: &Line<'_>, old: &Outcome<'_>, new: &Outcome<'_>, pair: (Verdict, Verdict)) {
        let weight = line.entry.rate.weight();
        self.causes.note(old, new, weight);
        let is_refused = pair.1 >= Verdict::Throttle && pair.0 < Verdict::Throttle;
        let refused = if is_refused { weight } else { 0 };
        let client = Client::of(line.entry);
        add(self.clients.row(&client, || client.clone()), &[weight, refused]);
        if let Some(agent) = line.entry.header(b"user-agent") {
            let agent = agent.get(..LONGEST_AGENT).unwrap_or(agent);
            add(self.agents.row(agent, || agent.into()), &[weight, refused]);
        }
        let kept = self.changed.entry(pair).or_default();
        if kept.len() < self.samples {
            kept.push((Sample::of(line, old, self.old), Sample::of(line, new, self.new)));
        }
    }
}

/// The verdicts to compare. One that is not in force counts as allow where the other policy's is: that is what the client
/// meets. Where neither is, both count as if they were.
fn effective(old: &Outcome<'_>, new: &Outcome<'_>) -> (Verdict, Verdict) {
    let of = |one: &Outcome<'_>, other: &Outcome<'_>| {
        let counts = one.judgement.enforced || !other.judgement.enforced;
        if counts { one.judgement.verdict } else { Verdict::Allow }
    };
    (of(old, new), of(new, old))
}

impl Sink for Diff<'_> {
    fn line(&mut self, line: Line<'_>, outcomes: &[Outcome<'_>]) {
        let [old, new] = outcomes else { return };
        let rate = line.entry.rate;
        self.lines.count(rate);
        self.simulated.iter_mut().zip(outcomes).for_each(|(one, outcome)| one.note(line.entry, outcome));
        let pair = effective(old, new);
        if let Some(sum) = self.pairs.get_mut(pair.0 as usize).and_then(|row| row.get_mut(pair.1 as usize)) {
            sum.count(rate);
        }
        let shift = 100 + usize::from(new.judgement.risk.total) - usize::from(old.judgement.risk.total).min(100);
        if let Some(sum) = self.shifts.get_mut(shift) {
            sum.count(rate);
        }
        if pair.0 != pair.1 {
            self.change(&line, old, new, pair);
        }
    }

    fn reject(&mut self, file: usize, number: u64, reason: Reject) {
        self.rejects.note(file, number, reason);
    }

    fn merge(&mut self, other: Self) {
        self.lines.merge(other.lines);
        let own = self.pairs.iter_mut().flatten().chain(&mut self.shifts);
        own.zip(other.pairs.into_iter().flatten().chain(other.shifts)).for_each(|(sum, more)| *sum += more);
        self.causes.merge(other.causes);
        self.clients.merge(other.clients);
        self.agents.merge(other.agents);
        self.rejects.merge(other.rejects);
        self.simulated.iter_mut().zip(&other.simulated).for_each(|(sum, more)| sum.merge(more));
        for (pair, lines) in other.changed {
            let kept = self.changed.entry(pair).or_default();
            kept.extend(lines);
            kept.sort_unstable();
            kept.truncate(self.samples);
        }
    }
}
