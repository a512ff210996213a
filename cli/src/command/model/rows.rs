//! The rows that an imported model is checked with, and what was predicted of them.

use std::fs;
use std::path::{Path, PathBuf};

use outwork_engine::model::Parts;
use serde_json::Value;

use crate::failure::Failure;
use crate::rows::{self, Cell};

/// A row: what each input of the model read.
pub(super) type Row = Vec<Option<Cell>>;

/// Reads rows: Parquet as `outwork capture` writes it, or a JSON object a line, signals to values.
pub(super) fn read(path: &Path, parts: &Parts) -> Result<Vec<Row>, Failure> {
    if path.extension().is_some_and(|extension| extension == "parquet") {
        return parquet(path, parts);
    }
    let name = path.display();
    let text = fs::read_to_string(path).map_err(Failure::because(format!("`{name}` cannot be read")))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(at, line)| {
            let row: Value = serde_json::from_str(line)
                .map_err(Failure::because(format!("line {} of `{name}` is no JSON", at + 1)))?;
            Ok(parts.inputs.iter().map(|input| cell(row.get(&input.signal))).collect())
        })
        .collect()
}

fn parquet(path: &Path, parts: &Parts) -> Result<Vec<Row>, Failure> {
    let table = rows::read(&[PathBuf::from(path)])?;
    let column = |signal: &str| table.columns.iter().find(|column| column.signal.name == signal);
    let columns = parts.inputs.iter().map(|input| {
        let missing = || Failure::new(format!("`{}` has no column `{}`", path.display(), input.signal));
        column(&input.signal).ok_or_else(missing)
    });
    let columns = columns.collect::<Result<Vec<_>, _>>()?;
    Ok((0..table.meta.len()).map(|row| columns.iter().map(|column| column.cell(row)).collect()).collect())
}

fn cell(value: Option<&Value>) -> Option<Cell> {
    match value? {
        Value::Bool(truth) => Some(Cell::Number(u16::from(*truth))),
        Value::Number(number) => Some(Cell::Number(clamp(number.as_f64()?))),
        Value::String(text) => Some(Cell::Text(text.clone())),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// As models take numbers.
fn clamp(number: f64) -> u16 {
    number.clamp(0.0, f64::from(u16::MAX)) as u16
}

/// What was predicted of each row.
pub(super) struct Predictions {
    pub(super) values: Vec<f64>,
    pub(super) scale: Scale,
}

/// What predictions are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scale {
    /// Sums of trees: CatBoost's `RawFormulaVal`.
    Logits,
    /// The logistic function of them: CatBoost's `Probability`.
    Probabilities,
}

/// The names of columns, and what they hold.
const NAMES: &[(&str, Scale)] = &[
    ("raw", Scale::Logits),
    ("RawFormulaVal", Scale::Logits),
    ("probability", Scale::Probabilities),
    ("Probability", Scale::Probabilities),
    ("Probability:Class=1", Scale::Probabilities),
];

impl Predictions {
    /// Reads a column of a table, separated by commas or, as CatBoost writes it, by tabs.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let name = path.display();
        let text = fs::read_to_string(path).map_err(Failure::because(format!("`{name}` cannot be read")))?;
        let head = text.lines().next().unwrap_or_default();
        let delimiter = if head.contains('\t') { b'\t' } else { b',' };
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
        let headers = reader.headers().map_err(Failure::because(format!("`{name}`")))?;
        let known = |header: &str| NAMES.iter().find(|(known, _)| *known == header.trim()).map(|(_, scale)| *scale);
        let found = headers.iter().enumerate().find_map(|(at, header)| Some((at, known(header)?)));
        let (at, scale) = found.ok_or_else(|| {
            Failure::new(format!("`{name}` has no column of predictions"))
                .with_help("call it `raw` (CatBoost's RawFormulaVal) or `probability`")
        })?;
        let value = |record: Result<csv::StringRecord, csv::Error>| {
            let record = record.map_err(Failure::because(format!("`{name}`")))?;
            let text = record.get(at).unwrap_or_default().trim();
            let value: Option<f64> = text.parse().ok().filter(|value: &f64| value.is_finite());
            value.ok_or_else(|| Failure::new(format!("`{text}` in `{name}` is no prediction")))
        };
        Ok(Self { values: reader.records().map(value).collect::<Result<_, _>>()?, scale })
    }
}
