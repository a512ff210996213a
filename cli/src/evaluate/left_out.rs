//! What becomes of programs that nobody has seen: the model is trained again without each generator.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Serialize;

use super::{Cut, Scored, Slice, scored};
use crate::failure::Failure;
use crate::recipe::Recipe;
use crate::train::{Data, Part, fit};

/// A generator and what a model without it makes of it.
#[derive(Serialize)]
pub(crate) struct LeftOut {
    pub(crate) generator: String,
    /// All rows of the generator, among the people of the test part.
    pub(crate) slice: Slice,
}

/// Trains once for each generator, without it, and evaluates all its rows among the people whom nothing was trained on. People of
/// the generator's environment stay in training: else the environment would be what is unknown. `keep` says which rows are
/// reported; `tell` hears the generator and how many are done of how many.
///
/// # Errors
/// As training.
pub(crate) fn leave_out(
    data: &Data,
    parts: &[Part],
    recipe: &Recipe,
    python: &Path,
    keep: impl Fn(&Scored) -> bool,
    mut tell: impl FnMut(&str, usize, usize),
) -> Result<Vec<LeftOut>, Failure> {
    let generators: BTreeSet<&str> = data.rows.iter().filter_map(|row| row.generator.as_deref()).collect();
    let mut all = Vec::new();
    for (at, generator) in generators.iter().enumerate() {
        tell(generator, at, generators.len());
        let is_it: Vec<bool> = data.rows.iter().map(|row| row.generator.as_deref() == Some(generator)).collect();
        let others = data.only(|at, _| is_it.get(at) == Some(&false));
        let other_parts: Vec<Part> =
            parts.iter().zip(&is_it).filter(|(_, is_it)| !**is_it).map(|(part, _)| *part).collect();
        let fitted = fit(&others, &other_parts, recipe, python, |_, _| {})?;
        let reported = data
            .only(|at, row| is_it.get(at) == Some(&true) || !row.is_program() && parts.get(at) == Some(&Part::Test));
        let scored = scored(&fitted.model, &reported);
        let kept: Vec<&Scored> = scored.iter().filter(|scored| keep(scored)).collect();
        all.push(LeftOut { generator: (*generator).to_owned(), slice: Slice::of(Cut::Generator, generator, &kept) });
    }
    let area = |one: &LeftOut| one.slice.measure("auc").map_or(2.0, |auc| auc.value);
    all.sort_by(|one, other| area(one).total_cmp(&area(other)));
    Ok(all)
}
