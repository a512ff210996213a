use std::path::{Path, PathBuf};

use outwork_engine::signals::{Kind, SIGNALS, Signal};

use super::cells::{Cell, Column};
use super::{Meta, Provenance};
use crate::failure::Failure;

/// Rows, column by column.
#[derive(Clone)]
pub(crate) struct Table {
    /// What the rows are about.
    pub(crate) subject: Subject,
    /// What each row says of itself.
    pub(crate) meta: Vec<Meta>,
    /// The features, in the order of their names; each has as many cells as there are rows.
    pub(crate) columns: Vec<Column>,
    /// Where the rows are from.
    pub(crate) provenance: Vec<Provenance>,
    /// The files that it was read from; none of a table that was just made.
    pub(crate) files: Vec<Digest>,
    /// The columns that only some of the files have, and a file that lacks them.
    pub(super) partial: Vec<(&'static str, PathBuf)>,
}

/// What rows are about: the key `outwork.rows`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    Behaviour,
    Device,
}

/// A file of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Digest {
    /// Where it was read.
    pub(crate) path: PathBuf,
    /// Its SHA-256, in hexadecimal digits.
    pub(crate) sha256: String,
    /// How many rows it has.
    pub(crate) rows: usize,
}

impl Subject {
    pub(super) const ALL: [Self; 2] = [Self::Behaviour, Self::Device];

    /// As the file has it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Behaviour => "behaviour",
            Self::Device => "device",
        }
    }

    /// What a signal is about; nothing for what only a session token says, and for addresses.
    pub(crate) fn of(signal: &Signal) -> Option<Self> {
        match signal.name.split('.').next() {
            Some("beacon" | "pointer" | "click" | "key" | "touch" | "wheel") => Some(Self::Behaviour),
            Some("session") => None,
            _ if signal.kind == Kind::Address => None,
            _ => Some(Self::Device),
        }
    }

    /// Every signal about it.
    pub(crate) fn signals(self) -> impl Iterator<Item = &'static Signal> {
        SIGNALS.iter().filter(move |signal| Self::of(signal) == Some(self))
    }
}

impl Table {
    /// An empty table of these signals; those whose values no model takes have no column.
    pub(crate) fn new(subject: Subject, signals: impl IntoIterator<Item = &'static Signal>) -> Self {
        let mut columns: Vec<Column> = signals.into_iter().filter_map(Column::new).collect();
        columns.sort_by_key(|column| column.signal.name);
        Self { subject, meta: Vec::new(), columns, provenance: Vec::new(), files: Vec::new(), partial: Vec::new() }
    }

    /// Adds a row: `cell` says what it has of each signal.
    pub(crate) fn push(&mut self, meta: Meta, mut cell: impl FnMut(&'static Signal) -> Option<Cell>) {
        self.meta.push(meta);
        for column in &mut self.columns {
            column.push(cell(column.signal));
        }
    }

    /// Whether some rows are of records that were sampled.
    pub(crate) fn is_sampled(&self) -> bool {
        self.meta.iter().any(|meta| meta.sampled().is_some())
    }

    /// The column of a signal.
    ///
    /// # Errors
    /// Says which file lacks it.
    pub(crate) fn column(&self, signal: &str) -> Result<&Column, Failure> {
        let found = self.columns.iter().find(|column| column.signal.name == signal);
        found.ok_or_else(|| match self.partial.iter().find(|(name, _)| *name == signal) {
            Some((_, file)) => Failure::new(format!("`{}` has no column `{signal}`", file.display()))
                .with_help("capture it again with this version, or leave it out"),
            None => Failure::new(format!("the rows have no column `{signal}`")),
        })
    }

    /// Adds the rows of a table about the same. Columns that one of the two lacks go: a feature that some rows cannot have
    /// would tell their sources apart.
    pub(super) fn append(&mut self, mut other: Self) {
        let both = |column: &&Column| other.columns.iter().any(|theirs| theirs.signal.name == column.signal.name);
        let both: Vec<&str> = self.columns.iter().filter(both).map(|column| column.signal.name).collect();
        let (first, file) = (self.first(), other.first());
        self.keep(&both, &file);
        other.keep(&both, &first);
        for (column, more) in self.columns.iter_mut().zip(other.columns) {
            column.append(more);
        }
        self.meta.extend(other.meta);
        self.provenance.extend(other.provenance);
        self.files.extend(other.files);
        self.partial.extend(other.partial);
    }

    fn first(&self) -> PathBuf {
        self.files.first().map(|file| file.path.clone()).unwrap_or_default()
    }

    /// Keeps these columns, and notes that a file lacks the others.
    fn keep(&mut self, names: &[&str], file: &Path) {
        let goes = |column: &Column| !names.contains(&column.signal.name);
        self.partial.extend(
            self.columns.iter().filter(|column| goes(column)).map(|column| (column.signal.name, file.to_owned())),
        );
        self.columns.retain(|column| !goes(column));
    }
}
