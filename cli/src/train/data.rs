//! Labelled rows, as training and evaluation take them: who and what, and one column an input.

use std::collections::{BTreeMap, BTreeSet};

use outwork_engine::fact::Fact;
use outwork_engine::signals::{Reading, Signal, Value};
use outwork_replay::Rate;

use crate::failure::Failure;
use crate::rows::{Cells, Column, Label, Meta, Table};

/// Rows and their values.
#[derive(Clone, Default)]
pub(crate) struct Data {
    pub(crate) rows: Vec<Row>,
    /// The columns that were asked for, in that order; each as long as `rows`.
    pub(crate) columns: Vec<Column>,
}

/// A labelled row, without its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// Where it is from.
    pub(crate) source: String,
    /// The session or client: windows of one session share it.
    pub(crate) session: String,
    /// Who made it, or by which seed: what splits keep together.
    pub(crate) person: String,
    /// The program's generator, its source where nobody named one; none where a person made it.
    pub(crate) generator: Option<String>,
    /// `mouse`, `touch` or `device`.
    pub(crate) kind: &'static str,
    /// The instrument or environment.
    pub(crate) group: String,
    /// `1s`, `3s`, `10s`, `whole` or `request`.
    pub(crate) window: &'static str,
    /// At which rate records like its own were kept.
    pub(crate) rate: Rate,
}

impl Row {
    /// Of what a row says of itself; none where nobody has said who made it.
    fn of(meta: Meta) -> Option<Self> {
        let generator = match meta.label? {
            Label::Person => None,
            Label::Program => Some(meta.generator.unwrap_or_else(|| meta.source.clone())),
        };
        let (kind, window) = (meta.kind.name(), meta.window.name());
        let Meta { source, id: session, person, group, rate, .. } = meta;
        Some(Self { source, session, person, generator, kind, group, window, rate })
    }

    pub(crate) fn is_program(&self) -> bool {
        self.generator.is_some()
    }

    /// What shares a class evenly: the generators of programs, the sources of people.
    pub(crate) fn stratum(&self) -> (bool, &str) {
        (self.is_program(), self.generator.as_deref().unwrap_or(&self.source))
    }
}

impl Data {
    /// The labelled rows of these kinds, with the columns of these signals. No kinds are all kinds.
    ///
    /// # Errors
    /// Names the signal that the rows lack.
    pub(crate) fn of<'s>(
        table: &Table,
        signals: impl IntoIterator<Item = &'s str>,
        kinds: &[String],
    ) -> Result<Self, Failure> {
        let columns = signals.into_iter().map(|signal| table.column(signal).cloned()).collect::<Result<_, _>>()?;
        let is_kind = |meta: &&Meta| kinds.is_empty() || kinds.iter().any(|kind| kind == meta.kind.name());
        let rows: Vec<_> =
            table.meta.iter().map(|meta| Some(meta).filter(is_kind).cloned().and_then(Row::of)).collect();
        let kept: Vec<bool> = rows.iter().map(Option::is_some).collect();
        let columns = Self { rows: Vec::new(), columns }.pick_columns(&kept);
        Ok(Self { rows: rows.into_iter().flatten().collect(), columns })
    }

    /// The rows for which this holds, in their order.
    pub(crate) fn only(&self, mut keep: impl FnMut(usize, &Row) -> bool) -> Self {
        let kept: Vec<bool> = self.rows.iter().enumerate().map(|(at, row)| keep(at, row)).collect();
        Self { rows: pick(&self.rows, &kept), columns: self.pick_columns(&kept) }
    }

    fn pick_columns(&self, kept: &[bool]) -> Vec<Column> {
        let columns = self.columns.iter().map(|column| Column {
            signal: column.signal,
            cells: match &column.cells {
                Cells::Numbers(cells) => Cells::Numbers(pick(cells, kept)),
                Cells::Texts(cells) => Cells::Texts(pick(cells, kept)),
            },
        });
        columns.collect()
    }

    /// What a signal reads of a row.
    pub(crate) fn reading(&self, row: usize, signal: &Signal) -> Reading<'_> {
        let column = self.columns.iter().find(|column| column.signal.name == signal.name);
        column.map_or(Fact::Unavailable, |column| reading(column, row))
    }

    /// How many rows, sessions and persons there are of each source of people and each generator, people first.
    pub(crate) fn counts(&self) -> BTreeMap<(bool, String), Counts> {
        let mut seen: BTreeMap<(bool, &str), Seen<'_>> = BTreeMap::new();
        for row in &self.rows {
            seen.entry(row.stratum()).or_default().add(row);
        }
        seen.into_iter().map(|((is_program, name), seen)| ((is_program, name.to_owned()), seen.counts())).collect()
    }
}

/// How much there is of something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Counts {
    pub(crate) rows: usize,
    pub(crate) sessions: usize,
    pub(crate) persons: usize,
}

/// Who and what was counted.
#[derive(Default)]
pub(crate) struct Seen<'a> {
    rows: usize,
    sessions: BTreeSet<(&'a str, &'a str)>,
    persons: BTreeSet<&'a str>,
}

impl<'a> Seen<'a> {
    pub(crate) fn add(&mut self, row: &'a Row) {
        self.rows += 1;
        self.sessions.insert((&row.source, &row.session));
        self.persons.insert(&row.person);
    }

    pub(crate) fn counts(&self) -> Counts {
        Counts { rows: self.rows, sessions: self.sessions.len(), persons: self.persons.len() }
    }
}

fn reading(column: &Column, row: usize) -> Reading<'_> {
    let value = match &column.cells {
        Cells::Numbers(cells) => cells.get(row).copied().flatten().map(|number| Value::Int(number.into())),
        Cells::Texts(cells) => cells.get(row).and_then(Option::as_deref).map(|text| Value::Text(text.as_bytes())),
    };
    Fact::from_option(value)
}

fn pick<T: Clone>(all: &[T], kept: &[bool]) -> Vec<T> {
    all.iter().zip(kept).filter(|(_, is_kept)| **is_kept).map(|(one, _)| one.clone()).collect()
}
