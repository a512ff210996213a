use outwork_engine::policy::Policy;
use serde::Serialize;

use super::reasons::Told;
use super::recorded::Recorded;

/// How the points of the reasons become a risk, worked out anew.
#[derive(Debug, Serialize)]
pub(crate) struct Sums {
    pub(super) layers: Vec<Layer>,
    /// The mean of the layers; none where the record does not say how much of each was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mean: Option<i64>,
    /// Points of rules without a layer.
    pub(super) adjustments: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) total: Option<i64>,
    /// Whether every reason is in the record.
    pub(super) whole: bool,
}

/// One layer.
#[derive(Debug, Serialize)]
pub(crate) struct Layer {
    pub(super) layer: &'static str,
    pub(super) points: Vec<(String, i16)>,
    /// The sum, held between 0 and 100.
    pub(super) sum: i64,
    /// What the record has; none where nothing of the layer was seen.
    pub(super) recorded: Option<u8>,
    pub(super) weight: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) seen: Option<u16>,
}

impl Sums {
    pub(super) fn of(policy: &Policy, recorded: &Recorded, reasons: &[Told]) -> Self {
        let (weights, seen) = (policy.settings().weights, recorded.seen);
        let layers = vec![
            Layer::of("device", recorded.device, weights.device, seen.map(|seen| seen.device), reasons),
            Layer::of("behaviour", recorded.behaviour, weights.behaviour, seen.map(|seen| seen.behaviour), reasons),
            Layer::of("context", recorded.context, weights.context, seen.map(|seen| seen.context), reasons),
        ];
        let adjustments = reasons.iter().filter(|told| told.layer.is_none()).filter_map(|told| told.points);
        let adjustments = adjustments.map(i64::from).sum();
        let observed = |layer: &&Layer| layer.layer != "behaviour";
        let mean = mean(&layers).map(|with| with.max(mean(layers.iter().filter(observed)).unwrap_or(0)));
        let total = mean.map(|mean| held(mean + adjustments));
        Self { layers, mean, adjustments, total, whole: recorded.dropped_reasons == 0 }
    }
}

impl Layer {
    fn of(layer: &'static str, recorded: Option<u8>, weight: u16, seen: Option<u16>, reasons: &[Told]) -> Self {
        let of_layer = |kinds: &'static [&'static str]| {
            let told = reasons.iter().filter(move |told| told.layer == Some(layer) && kinds.contains(&told.kind));
            told.filter_map(|told| Some((told.id.clone(), told.points.filter(|points| *points != 0)?)))
        };
        let sum = |kinds, wanted: fn(i16) -> bool| -> i64 {
            of_layer(kinds).map(|(_, points)| points).filter(|points| wanted(*points)).map(i64::from).sum()
        };
        // Rules and the model estimate one thing: the larger of both raises the layer.
        let raised = sum(&["rule"], |points| points > 0).max(sum(&["model"], |points| points > 0));
        let lowered = sum(&["rule"], |points| points < 0);
        let points = of_layer(&["rule", "model"]).collect();
        Self { layer, points, sum: held(raised + lowered), recorded, weight, seen }
    }
}

/// As the engine rounds it; none where it is not known what was seen.
fn mean<'l>(layers: impl IntoIterator<Item = &'l Layer> + Clone) -> Option<i64> {
    let share = |layer: &Layer| Some(i64::from(layer.weight) * i64::from(layer.seen?));
    let whole = layers.clone().into_iter().map(share).sum::<Option<i64>>()?;
    let score = |layer: &Layer| layer.recorded.map_or(layer.sum, i64::from);
    let weighed = layers.into_iter().map(|layer| Some(share(layer)? * score(layer))).sum::<Option<i64>>()?;
    Some((weighed + whole / 2).checked_div(whole).unwrap_or(0))
}

fn held(points: i64) -> i64 {
    points.clamp(0, 100)
}
