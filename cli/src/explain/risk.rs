//! How points become a risk, step by step, as [`outwork_engine::risk`] works it out.

use outwork_engine::policy::Policy;
use outwork_engine::risk::Confidence;
use outwork_engine::rules::{Layer, Standing};
use outwork_engine::scoring::Scored;
use serde::Serialize;

/// The sums of a decision.
#[derive(Serialize)]
pub(super) struct Arithmetic {
    pub(super) layers: Vec<LayerSum>,
    /// The mean of the layers, each by its weight times what was seen of it: with behaviour or without it, whichever is
    /// larger.
    pub(super) mean: i64,
    /// Points of rules without a layer, which are added to the mean.
    pub(super) adjustments: Vec<Points>,
    /// Mean and adjustments, held between 0 and 100.
    pub(super) total: i64,
}

/// One layer.
#[derive(Serialize)]
pub(super) struct LayerSum {
    pub(super) layer: &'static str,
    pub(super) points: Vec<Points>,
    /// What the model in force says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) model: Option<Modelled>,
    /// The points that raise the layer, or the model's where they are more, less those that lower it; held between 0 and 100.
    pub(super) score: i64,
    /// What the policy has it weigh, in thousandths.
    pub(super) weight: i64,
    /// How much of it was seen, in thousandths; 0 takes it out of the mean.
    pub(super) seen: i64,
}

/// What the model in force says of a layer.
#[derive(Serialize)]
pub(super) struct Modelled {
    pub(super) model: String,
    pub(super) points: u8,
}

/// What one rule adds.
#[derive(Serialize)]
pub(super) struct Points {
    pub(super) rule: String,
    pub(super) points: i16,
}

impl Arithmetic {
    pub(super) fn of(
        policy: &Policy,
        standings: &[(usize, Standing)],
        scored: &[Scored<'_>],
        seen: Confidence,
    ) -> Self {
        let weights = policy.settings().weights;
        let sum = |name, layer, weight: u16, seen: u16| {
            let points = points(policy, standings, Some(layer));
            let in_force = scored.iter().find(|scored| scored.in_force && scored.slot.model().layer() == layer);
            let model = in_force
                .map(|scored| Modelled { model: format!("model.{}", scored.slot.id()), points: scored.points() });
            let (raised, lowered) = sides(&points);
            let raised = raised.max(model.as_ref().map_or(0, |model| model.points.into()));
            LayerSum {
                layer: name,
                score: held(raised + lowered),
                points,
                model,
                weight: weight.into(),
                seen: seen.into(),
            }
        };
        let layers = vec![
            sum("device", Layer::Device, weights.device, seen.device),
            sum("behaviour", Layer::Behaviour, weights.behaviour, seen.behaviour),
            sum("context", Layer::Context, weights.context, seen.context),
        ];
        let mean = mean(&layers).max(mean(layers.iter().filter(|layer| layer.layer != "behaviour")));
        let adjustments = points(policy, standings, None);
        let total = held(mean + added(&adjustments));
        Self { layers, mean, adjustments, total }
    }
}

/// Rounded to the nearest; 0 where nothing was seen.
fn mean<'l>(layers: impl IntoIterator<Item = &'l LayerSum> + Clone) -> i64 {
    let share = |layer: &LayerSum| layer.weight * layer.seen;
    let whole: i64 = layers.clone().into_iter().map(share).sum();
    let weighed: i64 = layers.into_iter().map(|layer| share(layer) * layer.score).sum();
    (weighed + whole / 2).checked_div(whole).unwrap_or(0)
}

fn points(policy: &Policy, standings: &[(usize, Standing)], layer: Option<Layer>) -> Vec<Points> {
    let counting = standings.iter().filter(|(_, standing)| *standing == Standing::Counts);
    let rules = counting.filter_map(|&(place, _)| policy.rules().get(place));
    let of_layer = rules.filter(|rule| rule.layer == layer && rule.score != 0);
    of_layer.map(|rule| Points { rule: rule.id.clone(), points: rule.score }).collect()
}

fn added(points: &[Points]) -> i64 {
    points.iter().map(|points| i64::from(points.points)).sum()
}

/// The points above 0, and those below.
fn sides(points: &[Points]) -> (i64, i64) {
    let side = |wanted: fn(i64) -> bool| points.iter().map(|points| points.points.into()).filter(|n| wanted(*n)).sum();
    (side(|points| points > 0), side(|points| points < 0))
}

fn held(points: i64) -> i64 {
    points.clamp(0, 100)
}
