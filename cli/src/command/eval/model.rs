use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};
use outwork_engine::model::Model;

use crate::evaluate::{Evaluation, Groups, LeftOut, Scored, alone, evaluate, families, html, leave_out, text};
use crate::failure::Failure;
use crate::output::print;
use crate::recipe::Recipe;
use crate::replay::write;
use crate::rows::{Span, Table, read};
use crate::train::{Data, Part, Row, differs, python, split};

/// Say how well a model tells programs from people: for each source, instrument and generator, with intervals
///
/// Rows are those of `outwork capture`. Only the part that nothing was trained on is reported, as the recipe splits it. The
/// logistic regression stands beside the model, so that what trees add can be seen.
///
/// Exit code: 0; 2 if a file cannot be read.
#[derive(clap::Args)]
pub(crate) struct EvalModel {
    /// The model: its file, or the folder that holds it as `<folder>.model`
    #[arg(value_name = "MODEL")]
    model: PathBuf,
    /// Labelled rows: Parquet files
    #[arg(required = true, value_name = "ROWS")]
    rows: Vec<PathBuf>,
    /// The recipe that it was trained by; the `train.toml` beside the model unless given
    #[arg(long, value_name = "FILE")]
    recipe: Option<PathBuf>,
    /// Which part of the rows
    #[arg(long, value_enum, default_value_t = Reported::Test)]
    part: Reported,
    /// Only rows of this length; may be repeated
    #[arg(long, value_enum, value_name = "LENGTH")]
    window: Vec<Length>,
    /// Train again without each generator, and without each family that the recipe names, and report what such a model makes of it
    #[arg(long)]
    leave_one_generator_out: bool,
    /// The Python to train with
    #[arg(long, value_name = "PATH")]
    python: Option<PathBuf>,
    /// Write the report as one page, with plots
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Reported {
    /// What was learned from
    Train,
    /// What early stopping and calibration looked at
    Validate,
    /// What nothing has looked at
    Test,
    /// All rows; the only one that needs no recipe
    All,
}

/// The lengths of observation, as rows name them.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Length {
    #[value(name = "1s")]
    One,
    #[value(name = "3s")]
    Three,
    #[value(name = "10s")]
    Ten,
    Whole,
    Request,
}

impl EvalModel {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let (file, folder) = place(&self.model);
        let bytes = std::fs::read(&file).map_err(Failure::because(format!("`{}` cannot be read", file.display())))?;
        let model = Model::load(&bytes).map_err(Failure::because(format!("`{}` is no model", file.display())))?;
        let recipe = self.recipe(&folder)?;
        let table = read(&self.rows)?;
        // The recipe's own come first: who trains by it again takes them in their order.
        let mut signals: Vec<&str> = recipe.iter().flat_map(Recipe::signals).collect();
        signals.extend(model.inputs().map(|(signal, _)| signal.name).filter(|name| !asked(recipe.as_ref(), name)));
        let kinds = recipe.as_ref().map(|recipe| recipe.model.kinds.as_slice()).unwrap_or_default();
        let data = Data::of(&table, signals, kinds)?;
        let parts = recipe.as_ref().map(|recipe| split(&data.rows, recipe.model.seed));
        let is_reported: Vec<bool> =
            data.rows.iter().enumerate().map(|(at, row)| self.is_reported(at, row, parts.as_deref())).collect();
        let reported = data.only(|at, _| is_reported.get(at) == Some(&true));
        let mut evaluation = evaluate(&model, &reported, &self.describe());
        evaluation.add_baseline(&model, &data, &is_reported, recipe.as_ref())?;
        self.warn(&mut evaluation, &folder, &table)?;
        if self.leave_one_generator_out {
            self.leave_out(&mut evaluation, &data, recipe.as_ref().zip(parts.as_deref()))?;
        }
        if let Some(path) = &self.html {
            write(path, &html(&evaluation)?)?;
        }
        let json =
            || serde_json::to_string_pretty(&evaluation).map_err(Failure::because("the evaluation cannot be written"));
        print(&if self.json { json()? + "\n" } else { text(&evaluation) })?;
        Ok(ExitCode::SUCCESS)
    }

    /// The recipe, where there is one.
    fn recipe(&self, folder: &Path) -> Result<Option<Recipe>, Failure> {
        let beside = folder.join("train.toml");
        match &self.recipe {
            Some(path) => Recipe::read(path).map(Some),
            None if beside.exists() => Recipe::read(&beside).map(Some),
            None if self.part == Reported::All && !self.leave_one_generator_out => Ok(None),
            None => Err(Failure::new(format!("there is no `{}`, which says how rows were split", beside.display()))
                .with_help("name the recipe by --recipe, or report all rows by --part all")),
        }
    }

    fn is_reported(&self, at: usize, row: &Row, parts: Option<&[Part]>) -> bool {
        let wanted = match self.part {
            Reported::Train => Part::Train,
            Reported::Validate => Part::Validate,
            Reported::Test => Part::Test,
            Reported::All => return self.is_wanted(row),
        };
        parts.and_then(|parts| parts.get(at)) == Some(&wanted) && self.is_wanted(row)
    }

    fn is_wanted(&self, row: &Row) -> bool {
        self.window.is_empty() || self.window.iter().any(|length| length.name() == row.window)
    }

    fn describe(&self) -> String {
        let part = match self.part {
            Reported::Train => "the part that was learned from",
            Reported::Validate => "the part that was validated on",
            Reported::Test => "the part that nothing was trained on",
            Reported::All => "all rows",
        };
        let windows: Vec<&str> = self.window.iter().map(|length| length.name()).collect();
        if windows.is_empty() { part.to_owned() } else { format!("{part}, windows {}", windows.join(", ")) }
    }

    fn leave_out(
        &self,
        evaluation: &mut Evaluation,
        data: &Data,
        recipe: Option<(&Recipe, &[Part])>,
    ) -> Result<(), Failure> {
        let Some((recipe, parts)) = recipe else { return Ok(()) };
        evaluation.left_out = self.without(data, parts, recipe, &alone(data))?;
        evaluation.left_out_families = self.without(data, parts, recipe, &families(data, recipe)?)?;
        Ok(())
    }

    /// Trains without each group, with a bar on standard error.
    fn without(
        &self,
        data: &Data,
        parts: &[Part],
        recipe: &Recipe,
        groups: &Groups<'_>,
    ) -> Result<Vec<LeftOut>, Failure> {
        let bar = ProgressBar::new(groups.len() as u64);
        let style = ProgressStyle::with_template("{bar:30} {pos} of {len}, without {msg}, {eta} to go");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        let keep = |scored: &Scored| self.is_wanted(&scored.row);
        let tell = |name: &str, at: usize, _: usize| {
            bar.set_position(at as u64);
            bar.set_message(name.to_owned());
        };
        let left_out = leave_out((data, parts), recipe, &python(self.python.clone()), groups, keep, tell);
        bar.finish_and_clear();
        left_out
    }

    /// Says so, where parts are told of other rows than those that the model was made of.
    fn warn(&self, evaluation: &mut Evaluation, folder: &Path, table: &Table) -> Result<(), Failure> {
        if self.part == Reported::All && !self.leave_one_generator_out {
            return Ok(());
        }
        evaluation.warning = differs(folder, table)?;
        if let Some(warning) = &evaluation.warning {
            eprintln!("warning: {warning}");
        }
        Ok(())
    }
}

impl Length {
    fn name(self) -> &'static str {
        let span = match self {
            Self::One => Span::OneSecond,
            Self::Three => Span::ThreeSeconds,
            Self::Ten => Span::TenSeconds,
            Self::Whole => Span::Whole,
            Self::Request => Span::Request,
        };
        span.name()
    }
}

/// Whether a recipe has a signal.
fn asked(recipe: Option<&Recipe>, name: &str) -> bool {
    recipe.is_some_and(|recipe| recipe.signals().any(|signal| signal == name))
}

/// The file of a model, and the folder around it.
fn place(model: &Path) -> (PathBuf, PathBuf) {
    if model.is_dir() {
        let name = model.file_name().unwrap_or_default().to_string_lossy();
        return (model.join(format!("{name}.model")), model.to_owned());
    }
    (model.to_owned(), model.parent().unwrap_or(Path::new(".")).to_owned())
}
