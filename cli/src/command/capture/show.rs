use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::ExitCode;

use crate::failure::Failure;
use crate::output::print;
use crate::rows::{Cells, Column, Label, Meta, Provenance, Table, read};

/// Show what rows there are: by source, and where they are from
///
/// With `--signal` also what each source has of a signal: a feature that a whole source lacks, or has in a range of its own,
/// can become the label of that source.
///
/// Exit code: 0; 2 if a file cannot be read.
#[derive(clap::Args)]
pub(crate) struct Show {
    /// Files of rows, taken together as `outwork train` takes them
    #[arg(required = true, value_name = "ROWS")]
    files: Vec<PathBuf>,
    /// A signal whose values are shown, or `all`. Can be given several times
    #[arg(long, value_name = "SIGNAL")]
    signal: Vec<String>,
}

impl Show {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let table = read(&self.files)?;
        let sources = sources(&table.meta);
        let mut text = provenance(&table.provenance) + "\n" + &counts(&table, &sources);
        for column in self.columns(&table)? {
            text += &values(column, &sources);
        }
        print(&text)?;
        Ok(ExitCode::SUCCESS)
    }

    fn columns<'a>(&self, table: &'a Table) -> Result<Vec<&'a Column>, Failure> {
        if self.signal.iter().any(|signal| signal == "all") {
            return Ok(table.columns.iter().collect());
        }
        self.signal.iter().map(|signal| table.column(signal)).collect()
    }
}

/// The rows of each source, people and programs and kinds apart.
fn sources(rows: &[Meta]) -> BTreeMap<String, Vec<usize>> {
    let mut sources: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        let who = match (row.label, &row.generator) {
            (None, _) => "unlabelled".to_owned(),
            (Some(Label::Person), _) => "people".to_owned(),
            (Some(Label::Program), None) => "programs".to_owned(),
            (Some(Label::Program), Some(name)) => name.clone(),
        };
        sources.entry(format!("{}, {who}, {}", row.source, row.kind.name())).or_default().push(at);
    }
    sources
}

fn provenance(lines: &[Provenance]) -> String {
    let line = |line: &Provenance| {
        let Provenance { source, file, sha256, read, rows, people, licence, .. } = line;
        let licence = if licence.is_empty() { "no licence is said" } else { licence };
        format!(
            "{source}: {read} read of {file}, {rows} rows of {people} people or seeds\n    SHA-256 {sha256}\n    {licence}\n"
        )
    };
    lines.iter().map(line).collect()
}

fn counts(table: &Table, sources: &BTreeMap<String, Vec<usize>>) -> String {
    let mut text =
        format!("{:48} {:>8} {:>8}  windows\n", format!("{} rows by source", table.meta.len()), "rows", "people");
    for (name, rows) in sources {
        let rows: Vec<&Meta> = rows.iter().filter_map(|row| table.meta.get(*row)).collect();
        let people: BTreeSet<&str> = rows.iter().map(|row| row.person.as_str()).collect();
        let mut windows = BTreeMap::new();
        rows.iter().for_each(|row| *windows.entry(row.window).or_insert(0) += 1);
        let windows: Vec<String> =
            windows.into_iter().map(|(window, count)| format!("{} {count}", window.name())).collect();
        text += &format!("{name:48} {:>8} {:>8}  {}\n", rows.len(), people.len(), windows.join(", "));
    }
    text
}

/// What each source has of a signal.
fn values(column: &Column, sources: &BTreeMap<String, Vec<usize>>) -> String {
    let head = ["missing", "5 %", "half", "95 %"].map(|name| format!("{name:>9}")).concat();
    let mut text = format!("\n{:48}{head}\n", column.signal.name);
    for (name, rows) in sources {
        let known = match &column.cells {
            Cells::Numbers(cells) => quantiles(rows.iter().filter_map(|row| *cells.get(*row)?)),
            Cells::Texts(cells) => texts(rows.iter().filter_map(|row| cells.get(*row)?.as_deref())),
        };
        let missing = rows.iter().filter(|row| column.cell(**row).is_none()).count();
        let share = 100.0 * missing as f64 / rows.len().max(1) as f64;
        text += &format!("{name:48}{share:>7.1} %{known}\n");
    }
    text
}

fn quantiles(values: impl Iterator<Item = u16>) -> String {
    let mut values: Vec<u16> = values.collect();
    values.sort_unstable();
    let at = |share: usize| values.get(share * values.len().saturating_sub(1) / 100);
    [5, 50, 95].map(|share| at(share).map_or_else(|| format!("{:>9}", "–"), |value| format!("{value:>9}"))).concat()
}

/// The texts that occur most often.
fn texts<'a>(values: impl Iterator<Item = &'a str>) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    values.for_each(|value| *counts.entry(value).or_default() += 1);
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let shown = counts.iter().take(4).map(|(value, count)| format!("{value} {count}"));
    format!("  {}", shown.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_a_range_leave_out_a_twentieth() {
        assert_eq!(quantiles(0..=100), format!("{:>9}{:>9}{:>9}", 5, 50, 95));
        assert_eq!(quantiles([7].into_iter()), format!("{:>9}{:>9}{:>9}", 7, 7, 7));
        assert_eq!(quantiles([].into_iter()), format!("{0:>9}{0:>9}{0:>9}", "–"));
        assert_eq!(texts(["a", "b", "b"].into_iter()), "  b 2, a 1");
    }
}
