//! What the models of a policy said of a request, and what moved them.

use outwork_engine::decision::Decision;
use outwork_engine::model::{Binned, Model};
use outwork_engine::policy::Policy;
use outwork_engine::rules::Mode;
use outwork_engine::scoring::{Scored, Slot};
use outwork_engine::signals::Scene;
use serde::Serialize;

use super::Named;
use super::rules;

/// A model, whether it scored or not.
#[derive(Serialize)]
pub(super) struct ExplainedModel {
    /// Its name in the policy.
    pub(super) slot: String,
    /// The name of the model that is there.
    pub(super) id: String,
    pub(super) layer: &'static str,
    pub(super) mode: String,
    /// What became of it.
    pub(super) standing: &'static str,
    /// The probability that a program sent the request; none where too little was observed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) probability: Option<f64>,
    /// What that is worth in its layer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) points: Option<u8>,
    /// The score of no knowledge, in logits: all contributions are added to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mean: Option<f64>,
    /// All reasons that moved the score, the strongest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) reasons: Vec<Moved>,
    /// All inputs that moved the score, the strongest first, and what they read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) inputs: Vec<MovedInput>,
}

/// How much a reason moved a score.
#[derive(Serialize)]
pub(super) struct Moved {
    /// As decisions name it.
    pub(super) reason: String,
    pub(super) logits: f64,
}

/// How much an input moved a score.
#[derive(Serialize)]
pub(super) struct MovedInput {
    #[serde(flatten)]
    pub(super) signal: Named,
    /// The bin that its value is in; 0 is what is missing.
    pub(super) bin: u8,
    pub(super) logits: f64,
}

/// Every model of a policy.
pub(super) fn of(policy: &Policy, decision: &Decision<'_>, scene: &Scene<'_>) -> Vec<ExplainedModel> {
    let slots = policy.models().slots().iter().enumerate();
    let scored = |place| decision.scored.iter().find(|scored| scored.place == place);
    slots.map(|(place, slot)| ExplainedModel::of(slot, scored(place), scene)).collect()
}

impl ExplainedModel {
    fn of(slot: &Slot, scored: Option<&Scored<'_>>, scene: &Scene<'_>) -> Self {
        let model = slot.model();
        let moved = scored.map(|scored| moved(slot, &scored.binned, scene)).unwrap_or_default();
        Self {
            slot: slot.id().to_owned(),
            id: model.id().to_owned(),
            layer: rules::layer(model.layer()),
            mode: rules::mode(slot.mode()),
            standing: standing(slot, scored),
            probability: scored.map(|scored| f64::from(scored.score.probability) / 10_000.0),
            points: scored.map(Scored::points),
            mean: scored.map(|_| logits(model, model.mean())),
            reasons: moved.0,
            inputs: moved.1,
        }
    }
}

fn standing(slot: &Slot, scored: Option<&Scored<'_>>) -> &'static str {
    match scored {
        _ if slot.mode() == Mode::Off => "switched off",
        None => "says nothing: too little was observed",
        Some(scored) if scored.counts => "counts",
        Some(scored) if scored.in_force => "in force, and rules say as much or more",
        Some(_) => "in shadow for this client",
    }
}

fn moved(slot: &Slot, binned: &Binned, scene: &Scene<'_>) -> (Vec<Moved>, Vec<MovedInput>) {
    let model = slot.model();
    let Some(contributions) = model.contributions(binned) else { return Default::default() };
    let (mut reasons, mut inputs): (Vec<Moved>, Vec<MovedInput>) = Default::default();
    for (((signal, token), adds), bin) in model.inputs().zip(contributions.by_input()).zip(binned.bins()) {
        let (reason, adds) = (slot.reason(token), logits(model, *adds));
        match reasons.iter_mut().find(|known| known.reason == reason) {
            Some(known) => known.logits += adds,
            None => reasons.push(Moved { reason: reason.to_owned(), logits: adds }),
        }
        inputs.push(MovedInput { signal: Named::of(signal.name, (signal.read)(scene)), bin: *bin, logits: adds });
    }
    reasons.retain(|moved| moved.logits != 0.0);
    inputs.retain(|moved| moved.logits != 0.0);
    reasons.sort_by(|a, b| b.logits.abs().total_cmp(&a.logits.abs()));
    inputs.sort_by(|a, b| b.logits.abs().total_cmp(&a.logits.abs()));
    (reasons, inputs)
}

/// In thousandths at the finest.
fn logits(model: &Model, units: i32) -> f64 {
    (f64::from(units) / f64::from(model.per_logit()) * 1_000.0).round() / 1_000.0
}
