//! What becomes of programs that nobody has seen: the model is trained again without each generator.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;

use super::{Cut, Scored, Slice, scored};
use crate::failure::Failure;
use crate::recipe::Recipe;
use crate::train::{Data, Part, Row, fit};

/// What is left out together, by its name: one generator, or the generators of a family.
pub(crate) type Groups<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// A generator or a family and what a model without it makes of it.
#[derive(Serialize)]
pub(crate) struct LeftOut {
    pub(crate) name: String,
    /// All its rows, among the people of the test part.
    pub(crate) slice: Slice,
}

/// Each generator alone.
pub(crate) fn alone(data: &Data) -> Groups<'_> {
    data.rows.iter().filter_map(|row| row.generator.as_deref()).map(|name| (name, BTreeSet::from([name]))).collect()
}

/// The families of a recipe.
///
/// # Errors
/// Names a generator that no row has: a family that lacks a member would be told by it.
pub(crate) fn families<'a>(data: &Data, recipe: &'a Recipe) -> Result<Groups<'a>, Failure> {
    let known = alone(data);
    for (family, names) in &recipe.families {
        if let Some(name) = names.iter().find(|name| !known.contains_key(name.as_str())) {
            let message = format!("the family `{family}` names `{name}`, and no row is of that generator");
            return Err(
                Failure::new(message).with_help("give all rows of training, or correct `[families]` in the recipe")
            );
        }
    }
    Ok(recipe
        .families
        .iter()
        .map(|(family, names)| (family.as_str(), names.iter().map(String::as_str).collect()))
        .collect())
}

/// Trains once for each group, without its generators, and evaluates all their rows among the people whom nothing was trained on.
/// People of the generators' environment stay in training: else the environment would be what is unknown. `keep` says which rows
/// are reported; `tell` hears the name and how many are done of how many.
///
/// # Errors
/// As training.
pub(crate) fn leave_out(
    (data, parts): (&Data, &[Part]),
    recipe: &Recipe,
    python: &Path,
    groups: &Groups<'_>,
    keep: impl Fn(&Scored) -> bool,
    mut tell: impl FnMut(&str, usize, usize),
) -> Result<Vec<LeftOut>, Failure> {
    let mut all = Vec::new();
    for (at, (name, generators)) in groups.iter().enumerate() {
        tell(name, at, groups.len());
        let is_of = |row: &Row| row.generator.as_deref().is_some_and(|generator| generators.contains(generator));
        let is_it: Vec<bool> = data.rows.iter().map(is_of).collect();
        let others = data.only(|at, _| is_it.get(at) == Some(&false));
        let other_parts: Vec<Part> =
            parts.iter().zip(&is_it).filter(|(_, is_it)| !**is_it).map(|(part, _)| *part).collect();
        let fitted = fit(&others, &other_parts, recipe, python, |_, _| {})?;
        let reported = data
            .only(|at, row| is_it.get(at) == Some(&true) || !row.is_program() && parts.get(at) == Some(&Part::Test));
        let scored = scored(&fitted.model, &reported);
        let kept: Vec<&Scored> = scored.iter().filter(|scored| keep(scored)).collect();
        all.push(LeftOut { name: (*name).to_owned(), slice: Slice::of(Cut::Generator, name, &kept) });
    }
    let area = |one: &LeftOut| one.slice.measure("auc").map_or(2.0, |auc| auc.value);
    all.sort_by(|one, other| area(one).total_cmp(&area(other)));
    Ok(all)
}
