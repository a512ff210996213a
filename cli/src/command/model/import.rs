use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use outwork_compiler::model::{self, MAX_EXPORT_BYTES};

use super::check::{self, Agreement};
use super::inputs;
use super::rows::{self, Predictions};
use crate::command::publish;
use crate::failure::Failure;

/// Make a model of a CatBoost export, checked against CatBoost's own predictions
///
/// Reads what `save_model(path, format="json")` writes, of a classifier with `loss_function="Logloss"`, symmetric trees of
/// depth 6 at most, 61 borders a column at most and 64 columns at most; what does not fit is refused with the setting to
/// change. Columns are signals as whole numbers from 0 to 65535, truths as 0 and 1, nothing (NaN) where a value is missing,
/// and texts as the numbers that `categories` of their input say.
///
/// Exit code: 0 if the model was written, 1 if it scores rows otherwise than was predicted, 2 if it cannot be imported.
#[derive(clap::Args)]
pub(crate) struct Import {
    /// The export
    export: PathBuf,
    /// What the export does not say, as TOML: `[model]` with `id`, `layer` and `needs`, and an `[[input]]` a column, in the
    /// order of training, with `signal`, `reason` and, for texts, `categories` and `other`; a recipe will do
    #[arg(short, long, value_name = "TOML", visible_alias = "inputs")]
    recipe: PathBuf,
    /// Rows to check with, and to tell drift against: Parquet, or a JSON object a line
    #[arg(long, value_name = "ROWS", required_unless_present = "unchecked", requires = "predictions")]
    check: Option<PathBuf>,
    /// What CatBoost predicted of each of these rows: a table with a column `raw` or `probability`
    #[arg(long, value_name = "CSV", requires = "check")]
    predictions: Option<PathBuf>,
    /// Import without a check
    #[arg(long, conflicts_with = "check")]
    unchecked: bool,
    /// Where to write the model
    #[arg(short, long, value_name = "MODEL")]
    output: PathBuf,
}

/// How many rows that differ are shown.
const SHOWN: usize = 5;

impl Import {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let name = self.export.display();
        let unreadable = || format!("`{name}` cannot be read");
        let length = fs::metadata(&self.export).map_err(Failure::because(unreadable()))?.len();
        if length > MAX_EXPORT_BYTES as u64 {
            return Err(Failure::new(format!("`{name}` has {length} bytes, and {MAX_EXPORT_BYTES} is the most")));
        }
        let export = fs::read(&self.export).map_err(Failure::because(unreadable()))?;
        let plan = inputs::read(&self.recipe)?;
        let mut parts = model::import(&export, &plan)
            .map_err(|error| Failure::new(format!("`{name}` cannot be imported: {error}")))?;
        let mut checked = String::from("not checked");
        if let (Some(rows), Some(predictions)) = (&self.check, &self.predictions) {
            let rows = rows::read(rows, &parts)?;
            let agreement = check::compare(&parts, &rows, &Predictions::read(predictions)?)?;
            if !agreement.wrong.is_empty() {
                complain(&agreement, rows.len());
                return Ok(ExitCode::FAILURE);
            }
            let Agreement { largest, allowed, .. } = agreement;
            checked = format!("{} rows scored as predicted, to {largest:.6} of {allowed:.6} allowed", rows.len());
            check::count_shares(&mut parts, &rows);
        }
        let file = outwork_engine::model::write(&parts).map_err(Failure::because("the model cannot be written"))?;
        publish::replace(&self.output, &file)
            .map_err(Failure::because(format!("cannot write `{}`", self.output.display())))?;
        let (trees, inputs) = (parts.trees.len(), parts.inputs.len());
        println!("{}: {} bytes, {trees} trees, {inputs} inputs; {checked}", parts.id, file.len());
        Ok(ExitCode::SUCCESS)
    }
}

fn complain(agreement: &Agreement, rows: usize) {
    let wrong = agreement.wrong.len();
    eprintln!(
        "error: {wrong} of {rows} rows score otherwise than was predicted, by more than {:.6}",
        agreement.allowed
    );
    for (at, ours, theirs) in agreement.wrong.iter().take(SHOWN) {
        eprintln!("  row {}: {ours:.6}, predicted {theirs:.6}", at + 1);
    }
    eprintln!(
        "help: the inputs stand in the order of training, texts have the numbers that they had there, and training saw whole \
         numbers from 0 to 65535"
    );
}
