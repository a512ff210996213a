//! The logistic regression beside the model.

use std::collections::BTreeSet;

use outwork_engine::model::Model;

use super::features::features;
use super::logistic::{Crossed, either, held_out, out_of_fold};
use super::slice::{ranked, slices};
use super::{Evaluation, Scored};
use crate::failure::Failure;
use crate::recipe::Recipe;
use crate::train::{Data, score};

impl Evaluation {
    /// Puts a logistic regression beside the model: reported on the rows for which `is_reported` holds and fitted to those of all
    /// other persons, or, where there are none, cross-validated. Rows of which the model says nothing are left out; what the recipe
    /// never learns from is not fitted to.
    ///
    /// # Errors
    /// The library cannot fit.
    pub(crate) fn add_baseline(
        &mut self,
        model: &Model,
        data: &Data,
        is_reported: &[bool],
        recipe: Option<&Recipe>,
    ) -> Result<(), Failure> {
        let known: Vec<bool> = score(model, data).iter().map(Option::is_some).collect();
        let observed = data.only(|at, _| known.get(at) == Some(&true));
        let reported = is_reported.iter().zip(&known).filter(|(_, known)| **known).map(|(is, _)| *is);
        let is_reported: Vec<bool> = reported.collect();
        let features = features(model, &observed);
        let is_never: Vec<bool> =
            observed.rows.iter().map(|row| recipe.is_some_and(|recipe| recipe.is_left_out(row))).collect();
        let Some(crossed) = out_of_fold(&observed, &features, &is_never)? else {
            self.baseline_missing = Some("with so few persons, of people or of programs");
            return Ok(());
        };
        self.baseline_folds = areas(&observed, &crossed);
        let is_held = persons_of(&observed, &is_reported);
        let logits = match is_held.contains(&false) {
            true => held_out(&observed, &features, &either(&is_held, &is_never))?,
            false => Some(crossed.scores),
        };
        let Some(logits) = logits else {
            self.baseline_missing = Some("as the other parts have only people or only programs");
            return Ok(());
        };
        let rows = observed.rows.iter().zip(logits).zip(is_reported).filter(|(_, is_reported)| *is_reported);
        let scored: Vec<Scored> = rows
            .map(|((row, score), _)| Scored { row: row.clone(), score, probability: 1.0 / (1.0 + (-score).exp()) })
            .collect();
        self.baseline_ranked = ranked(&scored.iter().collect::<Vec<_>>());
        self.baseline = slices(&scored);
        Ok(())
    }
}

/// Which rows are of the persons of these.
fn persons_of(data: &Data, these: &[bool]) -> Vec<bool> {
    let persons: BTreeSet<&str> =
        data.rows.iter().zip(these).filter(|(_, is)| **is).map(|(row, _)| row.person.as_str()).collect();
    data.rows.iter().map(|row| persons.contains(row.person.as_str())).collect()
}

/// The area under the curve of each fold.
fn areas(data: &Data, Crossed { scores, folds }: &Crossed) -> Vec<f64> {
    let scored = |fold: usize| {
        let rows = data.rows.iter().zip(scores).zip(folds).filter(|(_, of)| **of == fold);
        rows.map(|((row, score), _)| Scored { row: row.clone(), score: *score, probability: 0.0 }).collect::<Vec<_>>()
    };
    let area = |fold| Some(ranked(&scored(fold).iter().collect::<Vec<_>>()).curve(|_| 1.0)?.area());
    (0..=folds.iter().copied().max().unwrap_or(0)).filter_map(area).collect()
}
