use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use parquet::file::metadata::{ColumnChunkMetaData, KeyValue, RowGroupMetaData};
use parquet::file::reader::{FileReader, SerializedFileReader};
use sha2::{Digest as _, Sha256};

use super::file::{LABEL, META, PROVENANCE, SAMPLED, SUBJECT};
use super::heads::Heads;
use super::source::Source;
use super::{Digest, Provenance, Subject, Table};
use crate::failure::Failure;

/// The largest file, and the most that its columns may be when they are unpacked.
const MAX_BYTES: u64 = 1 << 30;

/// The most rows of all files: at 150 signals of 4 bytes, 1.2 GB in memory.
const MAX_ROWS: usize = 2_000_000;

/// The most columns; there are 150 signals.
const MAX_COLUMNS: usize = 512;

/// Reads files of rows into one table, in their order. Columns that not all of them have are left out.
///
/// # Errors
/// Names the file and the column of what is no row, and the file that is about something else or was given twice.
pub(crate) fn read(paths: &[PathBuf]) -> Result<Table, Failure> {
    let mut all: Option<Table> = None;
    for path in paths {
        let table = one(path)?;
        match &mut all {
            None => all = Some(table),
            Some(all) => {
                fits(all, &table)?;
                all.append(table);
            }
        }
    }
    all.ok_or_else(|| Failure::new("no file of rows was given"))
}

/// Whether the rows of a file can stand beside those of the files before it.
fn fits(all: &Table, table: &Table) -> Result<(), Failure> {
    let (Some(first), Some(file)) = (all.files.first(), table.files.first()) else { return Ok(()) };
    let name = file.path.display();
    if table.subject != all.subject {
        let (this, that) = (table.subject.name(), all.subject.name());
        return Err(Failure::new(format!("`{name}` is about {this}, `{}` about {that}", first.path.display())));
    }
    if let Some(same) = all.files.iter().find(|other| other.sha256 == file.sha256) {
        let same = same.path.display();
        return Err(Failure::new(format!("`{name}` has the same bytes as `{same}`: its rows would count twice")));
    }
    if all.meta.len() + table.meta.len() > MAX_ROWS {
        return Err(Failure::new(format!("with `{name}` there are more than {MAX_ROWS} rows")));
    }
    Ok(())
}

fn one(path: &Path) -> Result<Table, Failure> {
    let name = format!("`{}`", path.display());
    let size = std::fs::metadata(path).map_err(Failure::because(format!("{name} cannot be read")))?.len();
    if size > MAX_BYTES {
        return Err(Failure::new(format!("{name} is larger than {} MiB", MAX_BYTES >> 20)));
    }
    let bytes = std::fs::read(path).map_err(Failure::because(format!("{name} cannot be read")))?;
    let mut table = from(&name, &bytes)?;
    let digest = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    table.files.push(Digest { path: path.to_owned(), sha256: digest, rows: table.meta.len() });
    Ok(table)
}

/// As [`read`], of the bytes of one file. `name` is what errors call it.
pub(super) fn from(name: &str, bytes: &[u8]) -> Result<Table, Failure> {
    let broken = |error: &dyn Display| Failure::new(format!("{name} is no Parquet file that can be read: {error}"));
    let reader = SerializedFileReader::new(Bytes::copy_from_slice(bytes)).map_err(|error| broken(&error))?;
    let file = reader.metadata().file_metadata();
    let pairs = file.key_value_metadata().map(Vec::as_slice).unwrap_or_default();
    let subject = subject(name, pairs)?;
    let rows = usize::try_from(file.num_rows()).unwrap_or(usize::MAX);
    let unpacked: u64 = reader.metadata().row_groups().iter().map(|group| group.total_byte_size().max(0) as u64).sum();
    let columns = file.schema_descr().columns();
    if rows > MAX_ROWS || unpacked > MAX_BYTES || columns.len() > MAX_COLUMNS {
        return Err(broken(&format!("more than {MAX_ROWS} rows, {MAX_COLUMNS} columns or {} MiB", MAX_BYTES >> 20)));
    }
    if !reader.metadata().row_groups().iter().flat_map(RowGroupMetaData::columns).all(is_inside(bytes.len())) {
        return Err(broken(&"a column lies outside of it"));
    }
    let mut texts = BTreeMap::new();
    let (mut labels, mut rates) = (None, Vec::new());
    let mut features = Vec::new();
    for (at, column) in columns.iter().enumerate() {
        let from = Source { reader: &reader, file: name, column: column.name(), at, rows };
        match column.name() {
            LABEL => labels = Some(from.labels()?),
            SAMPLED => rates = from.rates()?,
            meta if META.contains(&meta) => drop(texts.insert(meta, from.texts()?)),
            signal => features.push(from.feature(signal)?),
        }
    }
    features.sort_by_key(|column| column.signal.name);
    let meta = Heads { file: name, texts, labels, rates }.meta(rows)?;
    let provenance = provenance(name, pairs)?;
    Ok(Table { subject, meta, columns: features, provenance, files: Vec::new(), partial: Vec::new() })
}

/// Whether a column lies within so many bytes: the library relies on it.
fn is_inside(size: usize) -> impl Fn(&ColumnChunkMetaData) -> bool {
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    move |column| {
        let start = column.dictionary_page_offset().unwrap_or_else(|| column.data_page_offset());
        let length = column.compressed_size();
        start >= 0 && length >= 0 && start.checked_add(length).is_some_and(|end| end <= size)
    }
}

fn subject(name: &str, pairs: &[KeyValue]) -> Result<Subject, Failure> {
    let value = pairs.iter().find(|pair| pair.key == SUBJECT).and_then(|pair| pair.value.as_deref());
    let found = Subject::ALL.into_iter().find(|subject| Some(subject.name()) == value);
    found.ok_or_else(|| {
        Failure::new(format!("{name} has no rows of Outwork: its key `{SUBJECT}` is not `behaviour` or `device`"))
            .with_help("`outwork capture` writes such files; docs/rows.md has the columns and keys for those of others")
    })
}

fn provenance(name: &str, pairs: &[KeyValue]) -> Result<Vec<Provenance>, Failure> {
    let value = pairs.iter().find(|pair| pair.key == PROVENANCE).and_then(|pair| pair.value.as_deref());
    let lines = value.unwrap_or_default().lines().filter(|line| !line.trim().is_empty());
    let parsed: Result<_, _> = lines.map(serde_json::from_str).collect();
    parsed.map_err(Failure::because(format!("{name}, key `{PROVENANCE}`")))
}
