//! What a policy makes of one request, with every step that led there.

mod agent;
mod decided;
mod facts;
mod limits;
mod models;
mod risk;
mod rules;
pub(crate) mod text;
mod transactions;

use outwork_compiler::{Notes, Request, in_words};
use outwork_engine::facts::Facts;
use outwork_engine::keys::Keyring;
use outwork_engine::policy::Policy;
use outwork_engine::rules::Scratch;
use outwork_engine::signals::{Reading, SIGNALS, Scene};
use outwork_engine::time::Time;
use serde::Serialize;

use agent::ExplainedAgent;
use decided::Decided;
use limits::Limit;
use models::ExplainedModel;
use risk::Arithmetic;
use rules::ExplainedRule;
pub(crate) use rules::{action, layer};
use transactions::ExplainedTransaction;

use crate::instant;

/// Everything that led to a decision.
#[derive(Serialize)]
pub(crate) struct Explanation {
    bundle: String,
    /// The instant that is decided for, RFC 3339.
    at: String,
    decision: Decided,
    /// Who it comes from, where that is proven.
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<ExplainedAgent>,
    /// How the points became the risk.
    risk: Arithmetic,
    /// The models of the policy, in its order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    models: Vec<ExplainedModel>,
    /// Those that fired, in the order of the policy.
    rules: Vec<ExplainedRule>,
    /// Those that were asked for by id, whether they fired or not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    asked: Vec<ExplainedRule>,
    limits: Vec<Limit>,
    /// Where in its window of observation the request falls.
    window: &'static str,
    /// The transactions whose conditions hold, in the order of the policy.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    transactions: Vec<ExplainedTransaction>,
    facts: Vec<Named>,
    signals: Vec<Named>,
}

/// A fact or a signal.
#[derive(Serialize)]
struct Named {
    name: String,
    /// `known`, `absent` or `unavailable`.
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<serde_json::Value>,
}

/// What explanations are made with.
pub(crate) struct Explainer<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) notes: &'a Notes,
    pub(crate) keys: &'a Keyring,
    /// The ids of rules to show although they did not fire.
    pub(crate) asked: &'a [String],
    /// The instant: no condition reads it, but a rule's `until` is held against it.
    pub(crate) now: Time,
}

impl Explainer<'_> {
    /// Explains one request.
    pub(crate) fn explain(&self, request: &Request) -> Explanation {
        request.with_facts(self.now, [0; 16], |facts| self.explain_facts(facts))
    }

    fn explain_facts(&self, facts: &Facts<'_>) -> Explanation {
        let mut scratch = Scratch::default();
        let assessment = self.policy.assess(facts, self.keys, &mut scratch);
        let standings: Vec<_> = assessment.fired(&scratch).collect();
        let charges = assessment.charges().to_vec();
        let seen = assessment.confidence();
        let keyless = assessment.keyless().to_vec();
        let stepped = limits::charge(&charges, facts.now);
        let charged: Vec<_> = stepped.iter().map(|(charged, _)| *charged).collect();
        let open = assessment.window_open();
        let decision = assessment.decide(&charged);
        let scene = Scene::opened(facts, self.keys, self.policy.settings().behaviour).knowing(self.policy.registry());
        let describe = rules::Describe { policy: self.policy, notes: self.notes, scratch: &scratch, scene: &scene };
        let asked = self.asked.iter().filter_map(|id| self.policy.rules().iter().position(|rule| rule.id == *id));
        Explanation {
            bundle: self.policy.name().to_owned(),
            at: instant::shown(facts.now),
            rules: standings.iter().filter_map(|&(place, standing)| describe.rule(place, Some(standing))).collect(),
            asked: asked.filter_map(|place| describe.rule(place, of(&standings, place))).collect(),
            limits: limits::due(self.policy, &charges, &stepped, &keyless),
            window: decision.window.name(),
            transactions: transactions::holding(self.policy, self.notes, (&scratch, &scene), (&decision, open)),
            facts: facts::of(facts),
            signals: SIGNALS.iter().map(|signal| Named::of(signal.name, (signal.read)(&scene))).collect(),
            risk: Arithmetic::of(self.policy, &standings, &decision.scored, seen),
            models: models::of(self.policy, &decision, &scene),
            agent: decision.agent.map(|verified| ExplainedAgent::of(self.policy, self.notes, verified)),
            decision: Decided::of(&decision),
        }
    }
}

fn of<T: Copy>(standings: &[(usize, T)], place: usize) -> Option<T> {
    standings.iter().find(|(known, _)| *known == place).map(|(_, standing)| *standing)
}

impl Named {
    fn of(name: impl Into<String>, reading: Reading<'_>) -> Self {
        let (state, value) = in_words(reading);
        Self { name: name.into(), state, value }
    }
}
