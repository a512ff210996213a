use std::collections::BTreeMap;

use outwork_replay::Rate;

use super::file::LABEL;
use super::{Kind, Label, Meta, Span};
use crate::failure::Failure;

/// The columns that are no features.
pub(super) struct Heads<'a> {
    pub(super) file: &'a str,
    pub(super) texts: BTreeMap<&'a str, Vec<Option<String>>>,
    pub(super) labels: Option<Vec<Option<Label>>>,
    /// None of a file without sampled records.
    pub(super) rates: Vec<Rate>,
}

impl Heads<'_> {
    /// What each row says of itself.
    ///
    /// # Errors
    /// Names the column and the row that cannot be.
    pub(super) fn meta(mut self, rows: usize) -> Result<Vec<Meta>, Failure> {
        let labels = self.labels.take().ok_or_else(|| self.lacks(LABEL))?;
        let mut generators = self.take("generator")?.into_iter();
        let [source, id, person, kind, group, window] = ["source", "id", "person", "kind", "group", "window"]
            .map(|name| self.take(name).and_then(|cells| self.all(name, cells)));
        let (mut source, mut id, mut person) = (source?.into_iter(), id?.into_iter(), person?.into_iter());
        let (mut kind, mut group, mut window) = (kind?.into_iter(), group?.into_iter(), window?.into_iter());
        let mut labels = labels.into_iter();
        let mut rates = std::mem::take(&mut self.rates).into_iter();
        let mut meta = Vec::with_capacity(rows);
        for row in 0..rows {
            let (kind, window) = (kind.next().unwrap_or_default(), window.next().unwrap_or_default());
            meta.push(Meta {
                source: source.next().unwrap_or_default(),
                id: id.next().unwrap_or_default(),
                person: person.next().unwrap_or_default(),
                generator: generators.next().flatten(),
                label: labels.next().flatten(),
                kind: self.named("kind", row, &kind, Kind::ALL.map(|kind| (kind.name(), kind)))?,
                group: group.next().unwrap_or_default(),
                window: self.named("window", row, &window, Span::ALL.map(|span| (span.name(), span)))?,
                rate: rates.next().unwrap_or(Rate::ALL),
            });
        }
        match meta.iter().position(|meta| meta.label == Some(Label::Person) && meta.generator.is_some()) {
            Some(row) => Err(self.failure("generator", row, "the row of a person has a generator")),
            None => Ok(meta),
        }
    }

    fn take(&mut self, name: &str) -> Result<Vec<Option<String>>, Failure> {
        self.texts.remove(name).ok_or_else(|| self.lacks(name))
    }

    fn lacks(&self, name: &str) -> Failure {
        Failure::new(format!("{} has no column `{name}`", self.file))
    }

    fn failure(&self, column: &str, row: usize, what: &str) -> Failure {
        Failure::new(format!("{}, column `{column}`: row {}: {what}", self.file, row + 1))
    }

    /// The cells of a column that has one in every row.
    fn all(&self, name: &str, cells: Vec<Option<String>>) -> Result<Vec<String>, Failure> {
        let there = |(row, cell): (usize, Option<String>)| cell.ok_or_else(|| self.failure(name, row, "it is null"));
        cells.into_iter().enumerate().map(there).collect()
    }

    fn named<T: Copy, const N: usize>(
        &self,
        column: &str,
        row: usize,
        name: &str,
        known: [(&str, T); N],
    ) -> Result<T, Failure> {
        let found = known.iter().find(|(other, _)| *other == name).map(|(_, value)| *value);
        let names = known.map(|(name, _)| format!("`{name}`")).join(", ");
        found.ok_or_else(|| self.failure(column, row, &format!("`{name}` is none of {names}")))
    }
}
