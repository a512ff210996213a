//! What a policy makes of one request, with every step that led there.

mod decided;
mod rules;
pub(crate) mod text;

use outwork_compiler::{Notes, Request};
use outwork_engine::fact::Fact;
use outwork_engine::facts::Facts;
use outwork_engine::keys::Keyring;
use outwork_engine::limits::Word;
use outwork_engine::policy::Policy;
use outwork_engine::rules::Scratch;
use outwork_engine::signals::{SIGNALS, Scene, Value};
use outwork_engine::time::Time;
use serde::Serialize;

use decided::{Decided, Limit};
use rules::FiredRule;

/// 2026-11-21T12:00:00Z: any instant does, because no condition reads it.
const NOW: Time = Time::from_seconds(1_795_262_400);

/// Everything that led to a decision.
#[derive(Serialize)]
pub(crate) struct Explanation {
    bundle: String,
    decision: Decided,
    rules: Vec<FiredRule>,
    limits: Vec<Limit>,
    signals: Vec<Signal>,
}

/// What a signal read.
#[derive(Serialize)]
struct Signal {
    name: &'static str,
    /// `known`, `absent` or `unavailable`.
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<serde_json::Value>,
}

impl Explanation {
    pub(crate) fn of(policy: &Policy, notes: &Notes, keys: &Keyring, request: &Request) -> Self {
        request.with_facts(NOW, [0; 16], |facts| Self::of_facts(policy, notes, keys, facts))
    }

    fn of_facts(policy: &Policy, notes: &Notes, keys: &Keyring, facts: &Facts<'_>) -> Self {
        let mut scratch = Scratch::default();
        let assessment = policy.assess(facts, keys, &mut scratch);
        let standings: Vec<_> = assessment.fired(&scratch).collect();
        let charges = assessment.charges().to_vec();
        let charged: Vec<_> = charges.iter().map(|charge| charge.step(Word::default(), NOW).0).collect();
        let decision = assessment.decide(&charged);
        let scene = Scene::new(facts);
        Self {
            bundle: policy.name().to_owned(),
            rules: rules::fired(policy, notes, &standings, &scratch),
            limits: charged.iter().filter_map(|charged| Limit::of(policy, charged)).collect(),
            signals: SIGNALS.iter().map(|signal| Signal::of(signal.name, (signal.read)(&scene))).collect(),
            decision: Decided::of(&decision),
        }
    }
}

impl Signal {
    fn of(name: &'static str, reading: Fact<Value<'_>>) -> Self {
        let (state, value) = match reading {
            Fact::Known(value) => ("known", Some(json(value))),
            Fact::Absent => ("absent", None),
            Fact::Unavailable => ("unavailable", None),
        };
        Self { name, state, value }
    }
}

fn json(value: Value<'_>) -> serde_json::Value {
    match value {
        Value::Bool(value) => value.into(),
        Value::Int(value) => value.into(),
        Value::Text(value) => String::from_utf8_lossy(value).into(),
        Value::Address(value) => value.to_string().into(),
    }
}
