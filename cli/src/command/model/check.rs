//! Whether an imported model says of rows what its maker's tool predicted.

use outwork_engine::model::{self, Parts, reference};

use super::rows::{Predictions, Row, Scale};
use crate::failure::Failure;
use crate::rows;

/// How an imported model agrees with predictions.
pub(super) struct Agreement {
    /// The largest difference, in the unit of the predictions.
    pub(super) largest: f64,
    /// The largest that rounding explains.
    pub(super) allowed: f64,
    /// Rows that differ by more: place, ours and theirs, those first that differ most.
    pub(super) wrong: Vec<(usize, f64, f64)>,
}

/// What predictions themselves may be rounded by.
const PRINTED: f64 = 1e-4;

/// Compares the scores of rows with what was predicted of them. What a model needs does not matter here.
pub(super) fn compare(parts: &Parts, rows: &[Row], predicted: &Predictions) -> Result<Agreement, Failure> {
    if rows.len() != predicted.values.len() || rows.is_empty() {
        let (rows, predicted) = (rows.len(), predicted.values.len());
        return Err(Failure::new(format!("there are {rows} rows and {predicted} predictions"))
            .with_help("give one prediction a row, in the order of the rows"));
    }
    let free = Parts { needs: Vec::new(), ..parts.clone() };
    let unit = 1.0 / f64::from(parts.per_logit);
    // Half a unit for each leaf and for the bias.
    let rounding = 0.5 * (parts.trees.len() + 1) as f64 * unit;
    let (scale, allowed): (fn(f64) -> f64, f64) = match predicted.scale {
        Scale::Logits => (|logit| logit, rounding + PRINTED),
        // Nowhere is the logistic function steeper than a quarter.
        Scale::Probabilities => (|logit| 1.0 / (1.0 + (-logit).exp()), rounding / 4.0 + PRINTED),
    };
    let score = |row: &Row| reference::score(&free, &cells(row)).map_or(f64::NAN, |(sum, _)| f64::from(sum) * unit);
    let pairs = rows.iter().zip(&predicted.values).enumerate();
    let mut wrong: Vec<_> = pairs.map(|(at, (row, theirs))| (at, scale(score(row)), *theirs)).collect();
    let apart = |(_, ours, theirs): &(usize, f64, f64)| (ours - theirs).abs();
    wrong.sort_by(|a, b| apart(b).total_cmp(&apart(a)));
    let largest = wrong.first().map_or(0.0, apart);
    wrong.retain(|row| apart(row) > allowed);
    Ok(Agreement { largest, allowed, wrong })
}

/// Gives inputs the shares of their bins among these rows, against which drift is told.
pub(super) fn count_shares(parts: &mut Parts, rows: &[Row]) {
    for (at, input) in parts.inputs.iter_mut().enumerate() {
        let mut counts = vec![0_usize; input.bins.count()];
        for row in rows {
            let value = row.get(at).and_then(Option::as_ref).map(cell);
            if let Some(count) = counts.get_mut(usize::from(reference::bin(&input.bins, value))) {
                *count += 1;
            }
        }
        let share = |count: usize| u16::try_from(count * usize::from(u16::MAX) / rows.len().max(1)).unwrap_or(u16::MAX);
        input.shares = counts.into_iter().map(share).collect();
    }
}

fn cells(row: &Row) -> Vec<Option<model::Cell<'_>>> {
    row.iter().map(|value| value.as_ref().map(cell)).collect()
}

fn cell(cell: &rows::Cell) -> model::Cell<'_> {
    match cell {
        rows::Cell::Number(number) => model::Cell::Number(*number),
        rows::Cell::Text(text) => model::Cell::Text(text.as_bytes()),
    }
}
