//! Plays a case through the engine, as a host does it.

use super::Outcome;
use crate::request::Request;
use outwork_engine::{
    decision::{Decision, Edit},
    facts::Facts,
    keys::Keyring,
    limits::{Charged, Word},
    policy::Policy,
    rules::Scratch,
    time::Time,
};
use std::collections::BTreeMap;

/// A policy, and what requests are played with.
#[derive(Debug)]
pub struct Player {
    policy: Policy,
    keys: Keyring,
    scratch: Scratch,
}

impl Player {
    /// The instant of every case, 2025-10-09T08:53:20Z: what a case decides does not depend on when it is played.
    pub const NOW: Time = Time::from_seconds(1_760_000_000);

    /// Plays by a policy; evidence is signed with `keys`.
    pub fn new(policy: Policy, keys: Keyring) -> Self {
        Self { policy, keys, scratch: Scratch::default() }
    }

    /// What becomes of a request by a client that was never seen before.
    pub fn play(&mut self, request: &Request) -> Outcome {
        request.with_facts(Self::NOW, [7; 16], |facts| {
            let assessment = self.policy.assess(facts, &self.keys, &mut self.scratch);
            let step = |charge: &outwork_engine::limits::Charge| charge.step(Word::default(), facts.now).0;
            let charged: Vec<Charged> = assessment.charges().iter().map(step).collect();
            outcome(&assessment.decide(&charged), facts)
        })
    }
}

fn outcome(decision: &Decision<'_>, facts: &Facts<'_>) -> Outcome {
    Outcome {
        verdict: decision.verdict.name().into(),
        risk: decision.risk.total,
        reasons: decision.reasons.counted().iter().map(|reason| reason.id.into()).collect(),
        status: decision.reply.as_ref().map(|reply| reply.status),
        origin: decision.reply.is_none().then(|| origin(decision, facts)),
    }
}

/// The fields of the forwarded request that only Outwork may write, and the digest of its body, without what differs at each
/// request.
pub fn origin(decision: &Decision<'_>, facts: &Facts<'_>) -> BTreeMap<String, String> {
    let mut list: Vec<(&[u8], Vec<u8>)> =
        facts.headers.list.iter().map(|&(name, value)| (name, value.to_vec())).collect();
    for edit in &decision.edits {
        match edit {
            Edit::Remove(name) => list.retain(|(known, _)| known != name),
            Edit::Append(name, value) => list.push((name.as_bytes(), value.clone())),
        }
    }
    let mut fields = BTreeMap::<String, String>::new();
    for (name, value) in list {
        let name = String::from_utf8_lossy(name).into_owned();
        if name.starts_with("outwork-") || ["signature-input", "signature", "content-digest"].contains(&name.as_str()) {
            let joined = fields.entry(name).or_default();
            joined.push_str(if joined.is_empty() { "" } else { ", " });
            joined.push_str(&String::from_utf8_lossy(&value));
        }
    }
    fields.into_iter().map(|(name, value)| (name, constant(&value))).collect()
}

/// A dictionary without its members `id` and `bundle`, and with our signature cut to its label.
fn constant(dictionary: &str) -> String {
    let kept = members(dictionary).into_iter().filter_map(|member| match member.split('=').next() {
        Some("id" | "bundle") => None,
        Some("outwork") => Some("outwork"),
        _ => Some(member),
    });
    kept.collect::<Vec<_>>().join(", ")
}

/// The members of a dictionary: commas within strings and lists do not part them.
fn members(dictionary: &str) -> Vec<&str> {
    let (mut depth, mut quoted) = (0, false);
    let apart = |letter: char| {
        match letter {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        letter == ',' && depth == 0 && !quoted
    };
    dictionary.split(apart).map(str::trim).collect()
}
