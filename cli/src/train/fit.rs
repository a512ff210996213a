//! All of training: rows in, a model that hosts can serve out.

use std::path::Path;

use outwork_compiler::model::{Column, Plan, curve, import};
use outwork_engine::model::{Binned, Cell, MAX_INPUTS, Model, Parts, Score, write};
use outwork_engine::signals::{SIGNALS, by_name};

use super::catboost::{Job, Trained, train};
use super::data::{Data, Row};
use super::differ::{Differences, differ};
use super::isotonic::{Curve, Point};
use super::matrix::{Tables, encoded, learned};
use super::split::Part;
use super::weights::weights;
use crate::failure::Failure;
use crate::recipe::Recipe;

/// How many rows CatBoost is asked about again once the model is compiled.
const CHECKED: usize = 500;

/// A trained model.
pub(crate) struct Fitted {
    pub(crate) parts: Parts,
    /// The file that hosts read.
    pub(crate) bytes: Vec<u8>,
    pub(crate) model: Model,
    /// How far it is from what CatBoost itself says.
    pub(crate) differences: Differences,
    /// CatBoost's version.
    pub(crate) catboost: String,
}

/// Trains on the rows of a recipe, whose parts are given; `tell` hears of each tree.
///
/// # Errors
/// A part lacks people or programs; CatBoost cannot be run; the model is not what CatBoost says.
pub(crate) fn fit(
    data: &Data,
    parts: &[Part],
    recipe: &Recipe,
    python: &Path,
    tell: impl FnMut(u64, f64),
) -> Result<Fitted, Failure> {
    let learns = |at: usize, row: &Row| !recipe.is_left_out(row) && has_enough(data, at, recipe);
    let of = |part: Part| data.only(|at, row| parts.get(at) == Some(&part) && learns(at, row));
    let (learn, validate, test) = (of(Part::Train), of(Part::Validate), of(Part::Test));
    both(&learn, "train")?;
    both(&validate, "validate")?;
    let check = some(if test.rows.is_empty() { &validate } else { &test });
    let weigh = |data: &Data| -> Vec<f64> {
        weights(&data.rows).into_iter().zip(&data.rows).map(|(weight, row)| weight * recipe.factor(row)).collect()
    };
    let validate_weights = weigh(&validate);
    let (table, tables) = learned(&learn, &weigh(&learn), recipe.inputs.len(), recipe.model.seed);
    let job = Job {
        settings: &recipe.model,
        names: recipe.inputs.iter().map(|input| input.signal.as_str()).collect(),
        monotone: recipe.inputs.iter().map(|input| input.monotone).collect(),
        train: table,
        validate: encoded(&validate, &validate_weights, &tables),
        check: encoded(&check, &[], &tables),
    };
    let trained = train(&job, python, tell)?;
    let mut compiled = compile(&trained, recipe, tables)?;
    let model = load(&compiled)?.0;
    compiled.calibration = calibrate(&compiled, &model, &validate, &validate_weights);
    count_shares(&mut compiled, &model, &learn);
    let differences = differ(&trained, &compiled, &model, &check, recipe)?;
    if !recipe.model.contributions {
        compiled.contributions = None;
    }
    let (model, bytes) = load(&compiled)?;
    Ok(Fitted { parts: compiled, bytes, model, differences, catboost: trained.version })
}

/// What a model makes of each row; nothing where too little was observed.
pub(crate) fn score(model: &Model, data: &Data) -> Vec<Option<Score>> {
    (0..data.rows.len()).map(|row| model.score(&bin(model, data, row))).collect()
}

pub(crate) fn bin(model: &Model, data: &Data, row: usize) -> Binned {
    model.bin(|signal| data.reading(row, signal))
}

/// Whether a model of this recipe would say anything of a row.
fn has_enough(data: &Data, at: usize, recipe: &Recipe) -> bool {
    recipe.model.needs.iter().all(|(name, least)| {
        let read = by_name(name).and_then(|place| SIGNALS.get(place)).map(|signal| data.reading(at, signal));
        matches!(read.and_then(Cell::of), Some(Cell::Number(number)) if number >= *least)
    })
}

fn both(data: &Data, part: &str) -> Result<(), Failure> {
    let programs = data.rows.iter().filter(|row| row.is_program()).count();
    if programs > 0 && programs < data.rows.len() {
        return Ok(());
    }
    let people = data.rows.len() - programs;
    Err(Failure::new(format!("the part `{part}` has {people} rows of people and {programs} of programs"))
        .with_help("both are needed, of some persons and seeds each, with enough observed for `needs`"))
}

/// Some rows of all, evenly.
fn some(data: &Data) -> Data {
    let step = data.rows.len().div_ceil(CHECKED).max(1);
    data.only(|at, _| at.is_multiple_of(step))
}

fn compile(trained: &Trained, recipe: &Recipe, tables: Tables) -> Result<Parts, Failure> {
    let inputs = recipe.inputs.iter().zip(tables).map(|(input, categories)| Column {
        signal: input.signal.clone(),
        reason: input.reason.clone(),
        categories,
    });
    // No tree asks about it, and no decision will name it.
    let needed =
        recipe.only_needed().map(|signal| Column { signal: signal.into(), reason: signal.into(), categories: None });
    let plan = Plan {
        id: recipe.model.id.clone(),
        layer: recipe.model.layer,
        columns: inputs.chain(needed).collect(),
        needs: recipe.model.needs.iter().map(|(signal, least)| (signal.clone(), *least)).collect(),
    };
    import(&trained.export, &plan).map_err(Failure::because("CatBoost's model cannot be served"))
}

fn load(parts: &Parts) -> Result<(Model, Vec<u8>), Failure> {
    let bytes = write(parts).map_err(Failure::because("the model cannot be written"))?;
    let model = Model::load(&bytes).map_err(Failure::because("the model cannot be read again"))?;
    Ok((model, bytes))
}

/// Isotonic, on rows that no tree has learned from.
fn calibrate(parts: &Parts, model: &Model, validate: &Data, weights: &[f64]) -> outwork_engine::model::Calibration {
    let logit = |score: Score| f64::from(score.sum) / f64::from(parts.per_logit);
    let points =
        score(model, validate).into_iter().zip(&validate.rows).zip(weights).filter_map(|((scored, row), weight)| {
            Some(Point { score: logit(scored?), is_program: row.is_program(), weight: *weight })
        });
    let fitted = Curve::fit(points.collect());
    curve(parts, |logit| fitted.at(logit))
}

/// How many of 65,535 learned rows fell into each bin.
fn count_shares(parts: &mut Parts, model: &Model, learn: &Data) {
    let binned: Vec<Binned> = (0..learn.rows.len()).map(|row| bin(model, learn, row)).collect();
    for (at, input) in parts.inputs.iter_mut().enumerate().take(MAX_INPUTS) {
        let mut counts = vec![0_usize; input.bins.count()];
        for bin in binned.iter().filter_map(|binned| binned.bins().get(at)) {
            counts.get_mut(usize::from(*bin)).into_iter().for_each(|count| *count += 1);
        }
        let share = |count: usize| u16::try_from(count * usize::from(u16::MAX) / binned.len().max(1));
        input.shares = counts.into_iter().map(|count| share(count).unwrap_or(u16::MAX)).collect();
    }
}
