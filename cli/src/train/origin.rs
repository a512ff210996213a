//! `rows.json`: the files of rows that a model was made of, so that nobody takes another split for the one it was tested by.

use std::collections::BTreeSet;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::rows::Table;

/// What the file is called, beside the model.
pub(crate) const ORIGIN: &str = "rows.json";

/// A file of rows.
#[derive(Serialize, Deserialize)]
struct File {
    file: String,
    rows: usize,
    sha256: String,
}

/// The text of `rows.json`.
///
/// # Errors
/// It cannot be written as JSON.
pub(crate) fn origin(table: &Table) -> Result<String, Failure> {
    let file = |name: &Path| name.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let files = table.files.iter().map(|of| File { file: file(&of.path), rows: of.rows, sha256: of.sha256.clone() });
    let text = serde_json::to_string_pretty(&files.collect::<Vec<_>>());
    text.map(|text| text + "\n").map_err(Failure::because("the files of rows cannot be written"))
}

/// What to tell whoever splits other rows than those of the model in this folder; nothing where they are the same, or where no
/// file says which they were.
///
/// # Errors
/// The file cannot be read.
pub(crate) fn differs(folder: &Path, table: &Table) -> Result<Option<String>, Failure> {
    let path = folder.join(ORIGIN);
    if !path.exists() {
        return Ok(None);
    }
    let told = || format!("`{}` cannot be read", path.display());
    let bytes = std::fs::read(&path).map_err(Failure::because(told()))?;
    let files: Vec<File> = serde_json::from_slice(&bytes).map_err(Failure::because(told()))?;
    let was: BTreeSet<&str> = files.iter().map(|file| file.sha256.as_str()).collect();
    let is: BTreeSet<&str> = table.files.iter().map(|file| file.sha256.as_str()).collect();
    let message = "these are not the files of rows that the model was made of (`rows.json`): parts may differ, and what is \
                   reported may have been learned from";
    Ok((was != is).then(|| message.to_owned()))
}
