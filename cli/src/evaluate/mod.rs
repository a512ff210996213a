//! What a model makes of labelled rows, as numbers, text, plots and a page.

mod baseline;
mod features;
mod html;
mod left_out;
mod logistic;
mod plots;
mod slice;
mod spread;
mod text;

pub(crate) use html::html;
pub(crate) use left_out::{Groups, LeftOut, alone, families, leave_out};
pub(crate) use plots::{bars, figures};
pub(crate) use slice::{Cut, Scored, Slice};
pub(crate) use text::{BASELINE, baseline_title, cell, count, heads, text};

use outwork_engine::model::Model;
use serde::Serialize;

use crate::metrics::{Bin, Ranked, reliability};
use crate::train::{Data, score};
use slice::{ranked, slices};
use spread::{Spread, spreads};

/// How rows are weighed, for readers of a report.
pub(crate) const WEIGHTED: &str = "People and programs weigh the same; so does each source of people, each generator, and \
                                   each session within one, whose windows share its weight.";

/// What stands behind intervals, for readers of a report.
pub(crate) const INTERVALS: &str = "Intervals: the middle 95 % of 200 draws of persons and seeds with replacement, each with \
                                    all their rows; for rates the wider of that and Wilson's interval with persons as its number. Fewer \
                                    than five persons or seeds on a side have none.";

/// What was found.
#[derive(Serialize)]
pub(crate) struct Evaluation {
    pub(crate) model: String,
    /// Which part of the rows, and of which windows.
    pub(crate) of: String,
    pub(crate) rows: usize,
    /// Rows of which the model says nothing: too little was observed.
    pub(crate) unscored: usize,
    pub(crate) weighted: &'static str,
    pub(crate) intervals: &'static str,
    pub(crate) slices: Vec<Slice>,
    /// A logistic regression on the same inputs: of the same rows, by what was learned of all others.
    pub(crate) baseline: Vec<Slice>,
    /// Why there is none.
    pub(crate) baseline_missing: Option<&'static str>,
    /// Its areas under the curve in cross-validation by person, over all rows.
    pub(crate) baseline_folds: Vec<f64>,
    /// Each generator by a model that has not seen it.
    pub(crate) left_out: Vec<LeftOut>,
    /// The same of whole families of generators.
    pub(crate) left_out_families: Vec<LeftOut>,
    /// What to be careful about.
    pub(crate) warning: Option<String>,
    pub(crate) calibration: Vec<Bin>,
    pub(crate) scores: Vec<Spread>,
    #[serde(skip)]
    pub(crate) ranked: Ranked,
    #[serde(skip)]
    pub(crate) baseline_ranked: Ranked,
}

impl Evaluation {
    /// Everything together.
    pub(crate) fn all(&self) -> Option<&Slice> {
        self.slices.iter().find(|slice| slice.cut == Cut::All)
    }

    /// The slices of one kind, the worst first.
    pub(crate) fn cut(&self, cut: Cut) -> impl Iterator<Item = &Slice> {
        self.slices.iter().filter(move |slice| slice.cut == cut)
    }
}

/// Scores rows and measures what came of it. `of` says in a report which rows they are.
pub(crate) fn evaluate(model: &Model, data: &Data, of: &str) -> Evaluation {
    let scored = scored(model, data);
    let all: Vec<&Scored> = scored.iter().collect();
    let ranked = ranked(&all);
    Evaluation {
        model: model.id().to_owned(),
        of: of.to_owned(),
        rows: data.rows.len(),
        unscored: data.rows.len() - scored.len(),
        weighted: WEIGHTED,
        intervals: INTERVALS,
        slices: slices(&scored),
        baseline: Vec::new(),
        baseline_folds: Vec::new(),
        baseline_missing: None,
        left_out: Vec::new(),
        left_out_families: Vec::new(),
        warning: None,
        calibration: reliability(ranked.points()),
        scores: spreads(&scored),
        ranked,
        baseline_ranked: Ranked::default(),
    }
}

/// What a model makes of rows; those of which it says nothing are left out.
pub(crate) fn scored(model: &Model, data: &Data) -> Vec<Scored> {
    let all = score(model, data).into_iter().zip(&data.rows).filter_map(|(score, row)| {
        let score = score?;
        let probability = f64::from(score.probability) / 10_000.0;
        Some(Scored { row: row.clone(), score: f64::from(score.sum), probability })
    });
    all.collect()
}
