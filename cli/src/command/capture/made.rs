use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use outwork_engine::signals::Signal;

use crate::failure::Failure;
use crate::output::print;
use crate::rows::{Cell, Meta, Provenance, Subject, Table, licence, write};

/// A table in the making, which remembers of what file each row is.
pub(super) struct Made {
    pub(super) table: Table,
    files: Vec<usize>,
    read: BTreeMap<(usize, String), u64>,
}

impl Made {
    /// Of every signal about it.
    pub(super) fn new(subject: Subject) -> Self {
        Self::of(subject, subject.signals())
    }

    pub(super) fn of(subject: Subject, signals: impl Iterator<Item = &'static Signal>) -> Self {
        let table = Table::new(subject, signals);
        Self { table, files: Vec::new(), read: BTreeMap::new() }
    }

    /// Counts one session, request or record of a source that was read of a file.
    pub(super) fn read(&mut self, file: usize, source: &str) {
        *self.read.entry((file, source.to_owned())).or_default() += 1;
    }

    /// Adds a row, of a file.
    pub(super) fn push(&mut self, file: usize, meta: Meta, cell: impl FnMut(&'static Signal) -> Option<Cell>) {
        self.files.push(file);
        self.table.push(meta, cell);
    }

    /// How many of a file's objects there were, altogether.
    pub(super) fn all_read(&self) -> u64 {
        self.read.values().sum()
    }

    /// Writes the table, with a line of provenance for each source of each file; `files` have their SHA-256.
    pub(super) fn finish(mut self, output: &Path, files: &[(&Path, String)], command: &str) -> Result<(), Failure> {
        let mut rows: BTreeMap<(usize, &str), (u64, BTreeSet<&str>)> = BTreeMap::new();
        for (file, meta) in self.files.iter().zip(&self.table.meta) {
            let (count, people) = rows.entry((*file, &meta.source)).or_default();
            *count += 1;
            people.insert(&meta.person);
        }
        let line = |((file, source), read): (&(usize, String), &u64)| {
            let (path, sha256) = files.get(*file)?;
            let (rows, people) =
                rows.get(&(*file, source)).map_or((0, 0), |(rows, people)| (*rows, people.len() as u64));
            let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let (source, sha256, licence) = (source.clone(), sha256.clone(), licence(path));
            let command = command.to_owned();
            Some(Provenance { source, file, sha256, read: *read, rows, people, licence, command })
        };
        self.table.provenance = self.read.iter().filter_map(line).collect();
        write(output, &self.table)
    }
}

/// Where a command writes its rows.
#[derive(clap::Args)]
pub(super) struct Output {
    /// Where to write: Parquet, or CSV where the name ends in `.csv` or `.csv.gz`
    #[arg(short, long, value_name = "ROWS")]
    pub(super) output: PathBuf,
}

/// Says how many things became how many rows, and what else there is to know.
pub(super) fn say(read: u64, what: &str, rows: usize, more: &[String]) -> Result<(), Failure> {
    let more: String = more.iter().map(|line| format!("  {line}\n")).collect();
    print(&format!("{read} {what}, {rows} rows\n{more}"))
}
