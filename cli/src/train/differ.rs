//! The compiled model against CatBoost's own scores and Shapley values.

use outwork_engine::model::{Model, Parts};
use serde::Serialize;

use super::catboost::Trained;
use super::data::Data;
use super::fit::bin;
use crate::failure::Failure;
use crate::recipe::Recipe;

/// The largest differences, in logits, and what rounding explains.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Differences {
    /// How many rows were compared.
    pub(crate) rows: usize,
    pub(crate) score: f64,
    pub(crate) score_allowed: f64,
    pub(crate) contribution: f64,
    pub(crate) contribution_allowed: f64,
}

/// What 8-byte floats do not add up to.
const NOISE: f64 = 1e-9;

/// Compares every row that CatBoost was asked about.
///
/// # Errors
/// A score or a contribution is further away than the rounding of leaves to whole numbers explains.
pub(crate) fn differ(
    trained: &Trained,
    parts: &Parts,
    model: &Model,
    check: &Data,
    recipe: &Recipe,
) -> Result<Differences, Failure> {
    let unit = 1.0 / f64::from(parts.per_logit);
    // Each leaf and the bias are off by at most half a unit. Of a tree's row of contributions all are, too, and one of them
    // takes up what keeps their sum whole: half a unit for each question.
    let (trees, depth) = (parts.trees.len() as f64, f64::from(recipe.model.depth));
    let mut found = Differences {
        rows: check.rows.len(),
        score_allowed: 0.5 * (trees + 1.0) * unit + NOISE,
        contribution_allowed: 0.5 * (depth + 2.0) * trees * unit + NOISE,
        ..Differences::default()
    };
    let names: Vec<&str> = model.inputs().map(|(signal, _)| signal.name).collect();
    for (row, (raw, shap)) in trained.raw.iter().zip(&trained.shap).enumerate() {
        let binned = bin(model, check, row);
        let Some(score) = model.score(&binned) else { continue };
        found.score = found.score.max((f64::from(score.sum) * unit - raw).abs());
        let ours = model.contributions(&binned);
        let ours = ours.as_ref().map(|all| all.by_input().as_slice()).unwrap_or_default();
        for (input, theirs) in recipe.inputs.iter().zip(shap) {
            let place = names.iter().position(|name| *name == input.signal);
            let adds = place.and_then(|place| ours.get(place)).copied().unwrap_or(0);
            found.contribution = found.contribution.max((f64::from(adds) * unit - theirs).abs());
        }
    }
    let complete = trained.raw.len() == check.rows.len() && trained.shap.len() == check.rows.len();
    let near = found.score <= found.score_allowed && found.contribution <= found.contribution_allowed;
    if complete && near { Ok(found) } else { Err(failure(&found, complete)) }
}

fn failure(found: &Differences, complete: bool) -> Failure {
    let Differences { score, score_allowed, contribution, contribution_allowed, .. } = found;
    let what = if complete {
        format!(
            "scores by up to {score:.2e} logits ({score_allowed:.2e} are explained), contributions by up to \
             {contribution:.2e} ({contribution_allowed:.2e} are explained)"
        )
    } else {
        "CatBoost did not score every row".to_owned()
    };
    Failure::new(format!("the compiled model differs from CatBoost's: {what}"))
        .with_help("this is a bug of `outwork train`; nothing was written")
}
