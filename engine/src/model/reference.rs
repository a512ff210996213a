//! The slow and obvious evaluator: it walks [`Parts`] as they read, and shares no code with [`super::Model`]. Golden
//! vectors come from it.

use super::{Bins, Cell, Parts, Split};
use alloc::{vec, vec::Vec};

/// The sum of a row and its probability in ten-thousandths; none where the row does not have what the model needs. A row
/// has a value an input, in their order, none where it is missing.
pub fn score(parts: &Parts, row: &[Option<Cell<'_>>]) -> Option<(i32, u16)> {
    if !has_enough(parts, row) {
        return None;
    }
    let mut sum = i64::from(parts.bias);
    for tree in &parts.trees {
        let leaf = leaf(parts, &tree.splits, row);
        sum += i64::from(*tree.leaves.get(leaf)?);
    }
    Some((i32::try_from(sum).ok()?, probability(parts, sum)?))
}

/// What each input adds to the model's mean; none where the row does not have what the model needs, or the model has no
/// contributions.
pub fn contributions(parts: &Parts, row: &[Option<Cell<'_>>]) -> Option<Vec<i32>> {
    let tables = parts.contributions.as_ref()?;
    if !has_enough(parts, row) {
        return None;
    }
    let mut added = vec![0; parts.inputs.len()];
    for (tree, table) in parts.trees.iter().zip(tables) {
        let leaf = leaf(parts, &tree.splits, row);
        for (question, split) in tree.splits.iter().enumerate() {
            let adds = *table.0.get(leaf)?.get(question)?;
            *added.get_mut(usize::from(split.input))? += i32::from(adds);
        }
    }
    Some(added)
}

/// The bin of a value.
pub fn bin(bins: &Bins, value: Option<Cell<'_>>) -> u8 {
    match (bins, value) {
        (Bins::Number(borders), Some(Cell::Number(value))) => {
            let mut bin = 1;
            for border in borders {
                if *border < value {
                    bin += 1;
                }
            }
            bin
        }
        (Bins::Text { known, other }, Some(Cell::Text(text))) => {
            for (name, bin) in known {
                if name.as_bytes() == text {
                    return *bin;
                }
            }
            *other
        }
        _ => 0,
    }
}

fn has_enough(parts: &Parts, row: &[Option<Cell<'_>>]) -> bool {
    parts.needs.iter().all(|(input, least)| match row.get(usize::from(*input)) {
        Some(Some(Cell::Number(value))) => value >= least,
        _ => false,
    })
}

fn leaf(parts: &Parts, splits: &[Split], row: &[Option<Cell<'_>>]) -> usize {
    let mut leaf = 0;
    for (question, split) in splits.iter().enumerate() {
        let place = usize::from(split.input);
        let value = row.get(place).copied().flatten();
        let bin = parts.inputs.get(place).map_or(0, |input| bin(&input.bins, value));
        if bin >= split.bin {
            leaf += 1 << question;
        }
    }
    leaf
}

fn probability(parts: &Parts, sum: i64) -> Option<u16> {
    let calibration = &parts.calibration;
    let width = 1_i64 << calibration.shift;
    let step = (sum - i64::from(calibration.from)).div_euclid(width);
    let last = i64::try_from(calibration.steps.len()).ok()? - 1;
    calibration.steps.get(usize::try_from(step.clamp(0, last)).ok()?).copied()
}
