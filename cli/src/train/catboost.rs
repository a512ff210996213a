//! CatBoost, in a Python of its own: tables go over as files, progress comes back as lines.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use crate::failure::Failure;
use crate::recipe::Settings;

const PROGRAM: &str = include_str!("../../python/train.py");

/// Sums of floats depend on how they are shared out: always the same number, whatever the machine has.
const THREADS: u8 = 2;

/// How `train.py` says that it cannot import CatBoost.
const NOT_IMPORTABLE: i32 = 3;

/// Rows as CatBoost takes them: column after column, NaN for what is missing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub(crate) columns: Vec<Vec<f32>>,
    /// 1 for programs; empty where nothing is learned from the rows.
    pub(crate) labels: Vec<f32>,
    pub(crate) weights: Vec<f32>,
}

/// What is trained on what.
pub(crate) struct Job<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) names: Vec<&'a str>,
    pub(crate) monotone: Vec<i8>,
    pub(crate) train: Table,
    pub(crate) validate: Table,
    /// Rows of which CatBoost's own scores and Shapley values are wanted.
    pub(crate) check: Table,
}

/// What CatBoost made of it.
pub(crate) struct Trained {
    /// Its JSON export.
    pub(crate) export: Vec<u8>,
    /// CatBoost's version.
    pub(crate) version: String,
    /// The score of each row of `check`, in logits.
    pub(crate) raw: Vec<f64>,
    /// Its Shapley values: as many a row as there are columns, and the mean at the end.
    pub(crate) shap: Vec<Vec<f64>>,
}

#[derive(Serialize)]
struct Order<'a> {
    tables: Tables,
    columns: usize,
    names: &'a [&'a str],
    monotone: &'a [i8],
    trees: u16,
    depth: u8,
    learning_rate: f64,
    l2: f64,
    input_share: f64,
    borders: u8,
    early_stopping: u16,
    seed: u64,
    threads: u8,
    model: PathBuf,
    raw: PathBuf,
    shap: PathBuf,
}

#[derive(Serialize)]
struct Tables {
    train: PathBuf,
    #[serde(rename = "train.labels")]
    train_labels: PathBuf,
    validate: PathBuf,
    #[serde(rename = "validate.labels")]
    validate_labels: PathBuf,
    check: PathBuf,
}

/// A line of `train.py`'s.
#[derive(Deserialize)]
struct Said {
    iteration: Option<u64>,
    loss: Option<f64>,
    catboost: Option<String>,
    error: Option<String>,
}

/// The interpreter to train with: the one asked for, that of `OUTWORK_PYTHON`, the one the scripts make, or `python3`.
pub(crate) fn python(asked: Option<PathBuf>) -> PathBuf {
    let made = PathBuf::from(".outwork/venv-train/bin/python");
    let of_environment = || std::env::var_os("OUTWORK_PYTHON").filter(|path| !path.is_empty()).map(PathBuf::from);
    asked.or_else(of_environment).or_else(|| made.exists().then_some(made)).unwrap_or_else(|| "python3".into())
}

/// Trains; `tell` hears the number of each tree and the loss on the validation part.
///
/// # Errors
/// Python or CatBoost cannot be run, with the remedy; or CatBoost refuses, with what it said.
pub(crate) fn train(job: &Job<'_>, python: &Path, mut tell: impl FnMut(u64, f64)) -> Result<Trained, Failure> {
    let folder = TempDir::new().map_err(Failure::because("a folder for training cannot be made"))?;
    let order = order(job, folder.path())?;
    let complaints = folder.path().join("stderr");
    let mut child = spawn(python, &complaints)?;
    give(&mut child, &order)?;
    let mut version = String::new();
    let mut error = None;
    for line in child.stdout.take().map(BufReader::new).into_iter().flat_map(BufRead::lines) {
        let line = line.map_err(Failure::because("what Python says cannot be read"))?;
        let Ok(said) = serde_json::from_str::<Said>(&line) else { continue };
        if let (Some(iteration), Some(loss)) = (said.iteration, said.loss) {
            tell(iteration, loss);
        }
        version = said.catboost.unwrap_or(version);
        error = said.error.or(error);
    }
    let status = child.wait().map_err(Failure::because(format!("`{}` did not end", python.display())))?;
    if status.code() == Some(NOT_IMPORTABLE) {
        return Err(not_importable(python, &error.unwrap_or_default()));
    }
    if !status.success() {
        let said = fs::read_to_string(&complaints).unwrap_or_default();
        let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
        return Err(Failure::new(format!("CatBoost did not train ({status}): {last}")));
    }
    collect(job, &order, version)
}

fn spawn(python: &Path, complaints: &Path) -> Result<Child, Failure> {
    let complaints = fs::File::create(complaints).map_err(Failure::because("a file for training cannot be made"))?;
    let mut command = Command::new(python);
    command.args(["-B", "-c", PROGRAM]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(complaints);
    command.spawn().map_err(|error| {
        Failure::new(format!("Python cannot be run as `{}`: {error}", python.display())).with_help(REMEDY)
    })
}

const REMEDY: &str = "python3 -m venv .outwork/venv-train && .outwork/venv-train/bin/pip install --no-deps -r \
                      scripts/requirements-train.txt; or name another Python by --python or OUTWORK_PYTHON";

fn not_importable(python: &Path, why: &str) -> Failure {
    Failure::new(format!("`{}` cannot import CatBoost: {why}", python.display())).with_help(REMEDY)
}

/// Hands over the job. Who cannot take it has ended, and its exit code says why.
fn give(child: &mut Child, order: &Order<'_>) -> Result<(), Failure> {
    let text = serde_json::to_vec(order).map_err(Failure::because("the job of training cannot be written"))?;
    match child.stdin.take().map(|mut stdin| stdin.write_all(&text)) {
        Some(Err(error)) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("the job of training cannot be handed over: {error}")))
        }
        _ => Ok(()),
    }
}

/// Writes the tables and what is to be done with them.
fn order<'a>(job: &'a Job<'_>, folder: &Path) -> Result<Order<'a>, Failure> {
    let file = |name: &str, columns: &[&[f32]]| {
        let path = folder.join(name);
        let bytes: Vec<u8> = columns.iter().flat_map(|column| column.iter()).flat_map(|x| x.to_le_bytes()).collect();
        fs::write(&path, bytes).map_err(Failure::because(format!("`{}` cannot be written", path.display())))?;
        Ok::<_, Failure>(path)
    };
    let values = |name: &str, table: &Table| file(name, &table.columns.iter().map(Vec::as_slice).collect::<Vec<_>>());
    let settings = job.settings;
    Ok(Order {
        tables: Tables {
            train: values("train", &job.train)?,
            train_labels: file("train.labels", &[&job.train.labels, &job.train.weights])?,
            validate: values("validate", &job.validate)?,
            validate_labels: file("validate.labels", &[&job.validate.labels, &job.validate.weights])?,
            check: values("check", &job.check)?,
        },
        columns: job.names.len(),
        names: &job.names,
        monotone: &job.monotone,
        trees: settings.trees,
        depth: settings.depth,
        learning_rate: settings.learning_rate,
        l2: settings.l2,
        input_share: settings.input_share,
        // One bin is for what is missing, and bins are one more than the borders between them.
        borders: settings.bins.saturating_sub(2),
        early_stopping: settings.early_stopping,
        seed: settings.seed,
        threads: THREADS,
        model: folder.join("model.json"),
        raw: folder.join("raw"),
        shap: folder.join("shap"),
    })
}

fn collect(job: &Job<'_>, order: &Order<'_>, version: String) -> Result<Trained, Failure> {
    let read = |path: &Path| fs::read(path).map_err(Failure::because(format!("`{}` cannot be read", path.display())));
    let shap = doubles(&read(&order.shap)?);
    Ok(Trained {
        export: read(&order.model)?,
        version,
        raw: doubles(&read(&order.raw)?),
        shap: shap.chunks(job.names.len() + 1).map(<[f64]>::to_vec).collect(),
    })
}

fn doubles(bytes: &[u8]) -> Vec<f64> {
    bytes.as_chunks::<8>().0.iter().map(|eight| f64::from_le_bytes(*eight)).collect()
}
