//! The bounds that every model keeps, whoever made it: what `write` writes, and all that `read` returns.

use super::{
    Bins, Calibration, Input, InputFault, MAX_BINS, MAX_CATEGORIES, MAX_DEPTH, MAX_INPUTS, MAX_TEXT, MAX_TREES,
    MISSING, ModelError, Parts, STEPS, Shapley, Tree, TreeFault,
};
use alloc::collections::BTreeSet;

/// The largest bias, of either sign. With the leaves of all trees, at most 2¹⁰ × 2¹⁵, a sum stays far inside 32 bits.
const MAX_BIAS: u32 = 1 << 30;

/// The most units that a logit can be.
const MAX_UNIT: u32 = 1 << 24;

/// The largest width of a calibration's step, as a power of 2: 2¹⁰ steps of it span all sums.
const MAX_SHIFT: u8 = 21;

/// The highest probability, in ten-thousandths.
const CERTAIN: u16 = 10_000;

/// Whether a model is within bounds.
///
/// # Errors
/// The first thing that is not, and what to do.
pub(super) fn check(parts: &Parts) -> Result<(), ModelError> {
    if !is_token(&parts.id) {
        return Err(ModelError::Id { id: parts.id.clone() });
    }
    if !(1..=MAX_INPUTS).contains(&parts.inputs.len()) {
        return Err(ModelError::Inputs { found: parts.inputs.len() });
    }
    if !(1..=MAX_TREES).contains(&parts.trees.len()) {
        return Err(ModelError::Trees { found: parts.trees.len() });
    }
    inputs(&parts.inputs)?;
    needs(parts)?;
    for (tree, asked) in parts.trees.iter().enumerate() {
        questions(asked, &parts.inputs).map_err(|fault| ModelError::Tree { tree, fault })?;
    }
    if parts.bias.unsigned_abs() > MAX_BIAS || !(1..=MAX_UNIT).contains(&parts.per_logit) {
        return Err(ModelError::Scale);
    }
    calibration(&parts.calibration)?;
    parts.contributions.as_deref().map_or(Ok(()), |tables| contributions(tables, &parts.trees))
}

/// Whether text can stand in headers, records, metrics and file names as it is.
fn is_token(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
}

fn inputs(inputs: &[Input]) -> Result<(), ModelError> {
    let mut seen = BTreeSet::new();
    for input in inputs {
        let twice = if seen.insert(&input.signal) { Ok(()) } else { Err(InputFault::Twice) };
        twice.and_then(|()| one(input)).map_err(|fault| ModelError::Input { signal: input.signal.clone(), fault })?;
    }
    Ok(())
}

fn one(input: &Input) -> Result<(), InputFault> {
    if !is_token(&input.signal) || !is_token(&input.reason) {
        return Err(InputFault::Token);
    }
    bins(&input.bins)?;
    let all: u32 = input.shares.iter().map(|share| u32::from(*share)).sum();
    if input.shares.len() == input.bins.count() && all <= u32::from(u16::MAX) {
        Ok(())
    } else {
        Err(InputFault::Shares)
    }
}

fn bins(bins: &Bins) -> Result<(), InputFault> {
    match bins {
        Bins::Number(_) if bins.count() > MAX_BINS => Err(InputFault::Bins),
        Bins::Number(borders) if !borders.is_sorted_by(|a, b| a < b) => Err(InputFault::Borders),
        Bins::Number(_) => Ok(()),
        Bins::Text { known, other } => {
            let is_long = |(text, _): &(_, _)| alloc::string::String::len(text) > MAX_TEXT;
            if known.len() > MAX_CATEGORIES || known.iter().any(is_long) || !known.is_sorted_by(|a, b| a.0 < b.0) {
                return Err(InputFault::Texts);
            }
            let is_known = |bin: u8| bin != MISSING && usize::from(bin) < MAX_BINS;
            let all = is_known(*other) && known.iter().all(|(_, bin)| is_known(*bin));
            if all { Ok(()) } else { Err(InputFault::Bin) }
        }
    }
}

fn needs(parts: &Parts) -> Result<(), ModelError> {
    let mut seen = BTreeSet::new();
    for &(input, _) in &parts.needs {
        let bins = parts.inputs.get(usize::from(input)).map(|input| &input.bins);
        if !matches!(bins, Some(Bins::Number(_))) || !seen.insert(input) {
            return Err(ModelError::Need { input });
        }
    }
    Ok(())
}

fn questions(tree: &Tree, inputs: &[Input]) -> Result<(), TreeFault> {
    if tree.splits.len() > MAX_DEPTH {
        return Err(TreeFault::Depth);
    }
    if tree.leaves.len() != 1 << tree.splits.len() {
        return Err(TreeFault::Leaves);
    }
    for split in &tree.splits {
        let input = inputs.get(usize::from(split.input)).ok_or(TreeFault::Input)?;
        if split.bin == MISSING || usize::from(split.bin) >= input.bins.count() {
            return Err(TreeFault::Bin);
        }
    }
    Ok(())
}

fn calibration(calibration: &Calibration) -> Result<(), ModelError> {
    let steps = &calibration.steps;
    let fits = steps.len() == STEPS && steps.is_sorted() && steps.last().is_some_and(|last| *last <= CERTAIN);
    if fits && calibration.shift <= MAX_SHIFT && calibration.from.unsigned_abs() <= MAX_BIAS {
        Ok(())
    } else {
        Err(ModelError::Calibration)
    }
}

fn contributions(tables: &[Shapley], trees: &[Tree]) -> Result<(), ModelError> {
    let fault = TreeFault::Contributions;
    if tables.len() != trees.len() {
        return Err(ModelError::Tree { tree: tables.len().min(trees.len()), fault });
    }
    for (tree, (table, of)) in tables.iter().zip(trees).enumerate() {
        mean(table, of).ok_or(ModelError::Tree { tree, fault })?;
    }
    Ok(())
}

/// The mean of a tree: what every leaf is, less what its questions add. None where leaves disagree about it, or where a
/// question that is not asked, or is about the input of an earlier one, adds something.
pub(super) fn mean(table: &Shapley, tree: &Tree) -> Option<i32> {
    let is_silent = |question: usize| {
        let input = |split: usize| tree.splits.get(split).map(|split| split.input);
        input(question).is_none_or(|of| (0..question).any(|earlier| input(earlier) == Some(of)))
    };
    let silent: [bool; MAX_DEPTH] = core::array::from_fn(is_silent);
    let mut means = table.0.iter().zip(&tree.leaves).map(|(row, leaf)| {
        let quiet = row.iter().zip(silent).all(|(adds, silent)| !silent || *adds == 0);
        quiet.then(|| i32::from(*leaf) - row.iter().map(|adds| i32::from(*adds)).sum::<i32>())
    });
    let first = means.next()??;
    (table.0.len() == tree.leaves.len() && means.all(|mean| mean == Some(first))).then_some(first)
}
