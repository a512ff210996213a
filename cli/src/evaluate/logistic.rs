//! The baseline: what a straight line through the same inputs says, by logistic regression.

use std::collections::BTreeSet;

use smartcore::linalg::basic::matrix::DenseMatrix;
use smartcore::linear::logistic_regression::{LogisticRegression, LogisticRegressionParameters};
use smartcore::model_selection::{BaseKFold, KFold};

use crate::dice::Dice;
use crate::failure::Failure;
use crate::train::{Data, weights};

/// How many times the persons are parted.
const FOLDS: usize = 5;

/// The most rows that a fit sees, drawn by their weights: the library's regression has no weights of its own.
const DRAWN: usize = 6_000;

/// The regularisation: inputs are standardised, and some say the same.
const ALPHA: f64 = 1.0;

const SEED: u64 = 20_261_122;

/// The score of each row by a regression, in logits; those that are held out were not learned from.
///
/// # Errors
/// The library cannot fit.
pub(super) fn held_out(data: &Data, features: &[Features], is_held: &[bool]) -> Result<Option<Vec<f64>>, Failure> {
    let line = fit(data, features, &weights(&data.rows), is_held)?;
    Ok(line.map(|line| features.iter().map(|values| line.score(values)).collect()))
}

/// The same by regressions that have each not seen one in five persons, and which of them scored each row: none has seen the
/// person of a row that it scores, nor rows that are never to be learned from. None where there are too few persons.
///
/// # Errors
/// The library cannot fit.
pub(super) fn out_of_fold(data: &Data, features: &[Features], is_never: &[bool]) -> Result<Option<Crossed>, Failure> {
    let persons: Vec<&str> =
        data.rows.iter().map(|row| row.person.as_str()).collect::<BTreeSet<_>>().into_iter().collect();
    if persons.len() < FOLDS {
        return Ok(None);
    }
    let weights = weights(&data.rows);
    let numbers: Vec<Vec<usize>> = persons.iter().map(|_| vec![0]).collect();
    let numbers = DenseMatrix::from_2d_vec(&numbers).map_err(Failure::because("persons cannot be parted"))?;
    let folds = KFold { n_splits: FOLDS, shuffle: true, seed: Some(SEED) };
    let mut scores = vec![0.0; data.rows.len()];
    let mut of = vec![0; data.rows.len()];
    for (fold, (_, held)) in folds.split(&numbers).enumerate() {
        let held: BTreeSet<&str> = held.iter().filter_map(|at| persons.get(*at).copied()).collect();
        let is_held: Vec<bool> = data.rows.iter().map(|row| held.contains(row.person.as_str())).collect();
        let Some(line) = fit(data, features, &weights, &either(&is_held, is_never))? else { return Ok(None) };
        let places = scores.iter_mut().zip(&mut of).zip(features).zip(&is_held);
        for (((score, of), values), _) in places.filter(|(_, is_held)| **is_held) {
            (*score, *of) = (line.score(values), fold);
        }
    }
    Ok(Some(Crossed { scores, folds: of }))
}

/// Which rows are one or the other.
pub(super) fn either(one: &[bool], other: &[bool]) -> Vec<bool> {
    one.iter().zip(other).map(|(one, other)| *one || *other).collect()
}

/// The inputs of a row; `None` where one is missing.
pub(super) type Features = Vec<Option<f64>>;

/// Scores of cross-validation.
pub(super) struct Crossed {
    /// Of each row, in logits.
    pub(super) scores: Vec<f64>,
    /// Which regression each is of.
    pub(super) folds: Vec<usize>,
}

/// A fitted regression.
struct Line {
    shape: Shape,
    weights: Vec<f64>,
    intercept: f64,
}

impl Line {
    fn score(&self, values: &[Option<f64>]) -> f64 {
        let row = self.shape.row(values);
        self.intercept + row.iter().zip(&self.weights).map(|(value, weight)| value * weight).sum::<f64>()
    }
}

fn fit(data: &Data, features: &[Features], weights: &[f64], is_held: &[bool]) -> Result<Option<Line>, Failure> {
    let drawn = draw(weights, is_held);
    let shape = Shape::of(drawn.iter().filter_map(|at| features.get(*at)));
    let rows: Vec<Vec<f64>> = drawn.iter().filter_map(|at| features.get(*at)).map(|values| shape.row(values)).collect();
    let labels: Vec<i32> =
        drawn.iter().filter_map(|at| data.rows.get(*at)).map(|row| i32::from(row.is_program())).collect();
    // The library cannot fit one class.
    if labels.iter().all(|label| *label == 0) || labels.iter().all(|label| *label == 1) {
        return Ok(None);
    }
    let rows = DenseMatrix::from_2d_vec(&rows).map_err(Failure::because("the baseline cannot be fitted"))?;
    let settings = LogisticRegressionParameters::default().with_alpha(ALPHA);
    let fitted = LogisticRegression::fit(&rows, &labels, settings);
    let fitted = fitted.map_err(Failure::because("the baseline cannot be fitted"))?;
    let numbers = |matrix: &DenseMatrix<f64>| {
        use smartcore::linalg::basic::arrays::Array;
        matrix.iterator(0).copied().collect::<Vec<f64>>()
    };
    let intercept = numbers(fitted.intercept()).first().copied().unwrap_or(0.0);
    Ok(Some(Line { shape, weights: numbers(fitted.coefficients()), intercept }))
}

/// Rows that are not held out, drawn by their weights with replacement.
fn draw(weights: &[f64], is_held: &[bool]) -> Vec<usize> {
    let mut sum = 0.0;
    let mut sums = Vec::with_capacity(weights.len());
    for (weight, is_held) in weights.iter().zip(is_held) {
        sum += if *is_held { 0.0 } else { *weight };
        sums.push(sum);
    }
    let mut dice = Dice::new(SEED);
    let drawn = |_| {
        let at = sum * (dice.below(1 << 30) as f64 / f64::from(1 << 30));
        sums.partition_point(|before| *before <= at)
    };
    (0..DRAWN.min(2 * weights.len())).map(drawn).collect()
}

/// How values become what the library takes: standardised, what is missing as the mean and a column that says so.
struct Shape(Vec<(f64, f64)>);

impl Shape {
    fn of<'a>(rows: impl Iterator<Item = &'a Vec<Option<f64>>> + Clone) -> Self {
        let columns = rows.clone().next().map_or(0, Vec::len);
        let column = |at: usize| {
            let values: Vec<f64> = rows.clone().filter_map(|row| *row.get(at)?).collect();
            let count = values.len().max(1) as f64;
            let mean = values.iter().sum::<f64>() / count;
            let spread = (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
            (mean, if spread > 0.0 { spread } else { 1.0 })
        };
        Self((0..columns).map(column).collect())
    }

    fn row(&self, values: &[Option<f64>]) -> Vec<f64> {
        let known = |(value, (mean, spread)): (&Option<f64>, &(f64, f64))| value.map_or(0.0, |v| (v - mean) / spread);
        let missing = values.iter().map(|value| f64::from(u8::from(value.is_none())));
        values.iter().zip(&self.0).map(known).chain(missing).collect()
    }
}
