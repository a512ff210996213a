//! Lines that stand for others.

use crate::{
    Line, Outcome, Rate,
    client::{Client, shown},
};
use outwork_engine::{policy::Policy, rules::Standing};
use serde::Serialize;
use std::collections::BTreeMap;

/// One decision, as a line of JSON gives it and as an example of a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Sample {
    /// The place of its file among the inputs.
    pub file: usize,
    /// Its number in the file, from 1.
    pub line: u64,
    /// When the request arrived, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// The client, as it is counted.
    pub client: String,
    /// The method.
    pub method: String,
    /// The path. Queries hold what people typed: the line in the log has it.
    pub path: String,
    /// The user agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// The rate at which lines like this one were kept, where that is not each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sampled: Option<Rate>,
    /// What would have been decided.
    pub verdict: &'static str,
    /// Whether it would have been in force.
    pub enforced: bool,
    /// The risk, 0–100.
    pub risk: u8,
    /// The rules and limits that count, the weightiest first.
    pub reasons: Vec<String>,
    /// Rules that hold, without effect.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shadow: Vec<String>,
    /// What models said, in ten-thousandths, by their names in the policy.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub probabilities: BTreeMap<String, u16>,
}

/// The most bytes of a client's text that a sample repeats.
const LONGEST: usize = 512;

impl Sample {
    pub(crate) fn of(line: &Line<'_>, outcome: &Outcome<'_>, policy: &Policy) -> Self {
        let cut = |text: &[u8]| shown(text.get(..LONGEST).unwrap_or(text));
        let judgement = &outcome.judgement;
        let shadowed = outcome.fired.iter().filter(|(_, standing)| *standing == Standing::Shadowed);
        Self {
            file: line.file,
            line: line.number,
            time: line.entry.time.map(crate::summary::instant),
            client: Client::of(line.entry).to_string(),
            method: cut(&line.entry.method),
            path: cut(line.entry.target.split(|&byte| byte == b'?').next().unwrap_or_default()),
            user_agent: line.entry.header(b"user-agent").map(cut),
            sampled: Some(line.entry.rate).filter(|rate| *rate < Rate::ALL),
            verdict: judgement.verdict.name(),
            enforced: judgement.enforced,
            risk: judgement.risk.total,
            reasons: judgement.reasons.counted().iter().map(|reason| reason.id.to_owned()).collect(),
            shadow: shadowed.filter_map(|(place, _)| Some(policy.rules().get(*place)?.id.clone())).collect(),
            probabilities: judgement
                .scored
                .iter()
                .map(|scored| (scored.slot.id().to_owned(), scored.score.probability))
                .collect(),
        }
    }
}

/// The first lines of each rule that has an effect or is in shadow, by its place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Samples(pub(crate) BTreeMap<usize, Vec<Sample>>);

impl Samples {
    pub(super) fn keep(&mut self, line: &Line<'_>, outcome: &Outcome<'_>, policy: &Policy, most: usize) {
        for &(place, standing) in outcome.fired {
            let is_worth = matches!(standing, Standing::Counts | Standing::Shadowed);
            let kept = self.0.entry(place).or_default();
            if is_worth && kept.len() < most {
                kept.push(Sample::of(line, outcome, policy));
            }
        }
    }

    pub(super) fn merge(&mut self, other: Self, most: usize) {
        for (place, samples) in other.0 {
            let kept = self.0.entry(place).or_default();
            kept.extend(samples);
            kept.sort_unstable();
            kept.truncate(most);
        }
    }
}
