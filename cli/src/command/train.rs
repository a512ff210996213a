use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};
use outwork_engine::rules::Layer;

use crate::card::{Written, card};
use crate::evaluate::{Evaluation, evaluate};
use crate::failure::Failure;
use crate::output::print;
use crate::recipe::Recipe;
use crate::rows::{Subject, Table, read};
use crate::train::{Data, Fitted, ORIGIN, Part, Row, fit, golden, origin, python, split};

/// Train a model on labelled rows: gradient-boosted trees, calibrated, checked, with a card
///
/// CatBoost grows the trees, in a Python of its own; what comes out is compiled, calibrated on people and seeds that no tree has
/// seen, held against CatBoost's own scores and Shapley values, and reported on people and seeds that nothing has seen.
/// The same rows and the same recipe make the same bytes.
///
/// Exit code: 0; 2 if rows or recipe cannot be used, CatBoost cannot be run, or the model is not what CatBoost says.
#[derive(clap::Args)]
pub(crate) struct Train {
    /// What the rows are about
    #[arg(value_enum, value_name = "SUBJECT")]
    subject: About,
    /// Labelled rows of `outwork capture`: Parquet files
    #[arg(long, required = true, num_args = 1.., value_name = "ROWS")]
    rows: Vec<PathBuf>,
    /// Inputs and settings; the `train.toml` in the folder of the model unless given
    #[arg(long, value_name = "FILE")]
    recipe: Option<PathBuf>,
    /// The folder of the model, which gives it its file's name: `models/behaviour` holds `behaviour.model`
    #[arg(short, long, value_name = "FOLDER")]
    out: PathBuf,
    /// The Python that has CatBoost; `OUTWORK_PYTHON`, then `.outwork/venv-train/bin/python`, then `python3` unless given
    #[arg(long, value_name = "PATH")]
    python: Option<PathBuf>,
    /// Only write who is in which part, as CSV: `source,person,part`
    #[arg(long, value_name = "FILE")]
    split: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum About {
    /// How pointers and fingers move
    Behaviour,
    /// TLS and headers of requests
    Device,
}

impl About {
    const fn fits(self) -> (Subject, Layer) {
        match self {
            Self::Behaviour => (Subject::Behaviour, Layer::Behaviour),
            Self::Device => (Subject::Device, Layer::Device),
        }
    }
}

impl Train {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let recipe_path = self.recipe.clone().unwrap_or_else(|| self.out.join("train.toml"));
        let recipe = Recipe::read(&recipe_path)?;
        let table = read(&self.rows)?;
        self.check(&recipe, &table)?;
        let all = Data::of(&table, recipe.signals(), &recipe.model.kinds)?;
        let parts = split(&all.rows, recipe.model.seed);
        if let Some(path) = &self.split {
            return write_split(path, &all.rows, &parts).map(|()| ExitCode::SUCCESS);
        }
        let fitted = trained(&all, &parts, &recipe, &python(self.python.clone()))?;
        let test = all.only(|at, _| parts.get(at) == Some(&Part::Test));
        let mut evaluation = evaluate(&fitted.model, &test, "the part that nothing was trained on");
        let is_test: Vec<bool> = parts.iter().map(|part| *part == Part::Test).collect();
        evaluation.add_baseline(&fitted.model, &all, &is_test, Some(&recipe))?;
        let written =
            Written { recipe: &recipe, table: &table, all: &all, parts: &parts, fitted: &fitted, test: &test };
        let mut files = card(&written, &evaluation)?;
        files.push((ORIGIN.to_owned(), origin(&table)?));
        self.write(&recipe_path, &files, &fitted, &recipe)?;
        print(&self.said(&fitted, &evaluation))?;
        Ok(ExitCode::SUCCESS)
    }

    fn check(&self, recipe: &Recipe, table: &Table) -> Result<(), Failure> {
        let (subject, layer) = self.subject.fits();
        if table.subject != subject {
            return Err(Failure::new(format!("the rows are about {}, not {}", table.subject.name(), subject.name())));
        }
        if recipe.model.layer != layer {
            return Err(Failure::new(format!("the recipe is for another layer than `{}`", subject.name())));
        }
        Ok(())
    }

    /// Writes every file of the model's folder.
    fn write(&self, recipe: &Path, texts: &[(String, String)], fitted: &Fitted, of: &Recipe) -> Result<(), Failure> {
        let put = |name: &str, bytes: &[u8]| {
            let path = self.out.join(name);
            let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
            let written = folder.and_then(|()| fs::write(&path, bytes));
            written.map_err(Failure::because(format!("`{}` cannot be written", path.display())))
        };
        let text = fs::read(recipe).map_err(Failure::because(format!("`{}` cannot be read", recipe.display())))?;
        put("train.toml", &text)?;
        put("golden.jsonl", golden(&fitted.parts, of.model.seed).as_bytes())?;
        texts.iter().try_for_each(|(name, text)| put(name, text.as_bytes()))?;
        put(&self.name(), &fitted.bytes)
    }

    fn name(&self) -> String {
        format!("{}.model", self.out.file_name().unwrap_or_default().to_string_lossy())
    }

    fn said(&self, fitted: &Fitted, evaluation: &Evaluation) -> String {
        let mut said = format!(
            "{}: {} trees, {} inputs, {} bytes; at most {:.1e} logits from CatBoost's scores\n",
            self.out.join(self.name()).display(),
            fitted.parts.trees.len(),
            fitted.parts.inputs.len(),
            fitted.bytes.len(),
            fitted.differences.score
        );
        let all = evaluation.all();
        let number = |key: &str| all.and_then(|all| all.measure(key)).map(|interval| interval.value);
        if let (Some(auc), Some(wrong), Some(ece)) = (number("auc"), number("fpr_at_tpr_95"), number("ece")) {
            said += &format!(
                "on people and seeds that nothing was trained on: AUC {auc:.4}, {:.2} % of people where 95 % of programs are \
                 found, calibration error {ece:.4}\n",
                100.0 * wrong
            );
        }
        said + &format!("{} has the rest\n", self.out.join("CARD.md").display())
    }
}

/// Writes each person once, in the order of sources and names.
fn write_split(path: &Path, rows: &[Row], parts: &[Part]) -> Result<(), Failure> {
    let because = || Failure::because(format!("`{}` cannot be written", path.display()));
    let mut table = csv::Writer::from_path(path).map_err(because())?;
    table.write_record(["source", "person", "part"]).map_err(because())?;
    let persons: BTreeSet<_> =
        rows.iter().zip(parts).map(|(row, part)| (row.source.as_str(), row.person.as_str(), part.name())).collect();
    persons
        .into_iter()
        .try_for_each(|(source, person, part)| table.write_record([source, person, part]))
        .map_err(because())?;
    table.flush().map_err(csv::Error::from).map_err(because())
}

/// Trains, with a bar on standard error.
fn trained(all: &Data, parts: &[Part], recipe: &Recipe, python: &Path) -> Result<Fitted, Failure> {
    let bar = ProgressBar::new(recipe.model.trees.into());
    let style = ProgressStyle::with_template("{bar:30} {pos} of {len} trees, loss {msg}, {eta} to go");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let fitted = fit(all, parts, recipe, python, |tree, loss| {
        bar.set_position(tree);
        bar.set_message(format!("{loss:.4}"));
    });
    bar.finish_and_clear();
    fitted
}
