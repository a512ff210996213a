use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use csv::Writer;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::file::{META, SAMPLED};
use super::{Cell, Column, Label, Meta, Table};

/// Writes a table as CSV, packed by gzip where the name ends in `.gz`. What is missing is an empty cell; provenance has no
/// place in it.
pub(super) fn write(path: &Path, table: &Table) -> io::Result<()> {
    let file = File::create(path)?;
    if path.extension().is_some_and(|extension| extension == "gz") {
        return to(GzEncoder::new(file, Compression::default()), table)?.finish().map(|_| ());
    }
    to(file, table).map(|_| ())
}

fn to<W: Write>(out: W, table: &Table) -> io::Result<W> {
    let mut rows = Writer::from_writer(out);
    let names = table.columns.iter().map(|column| column.signal.name);
    let sampled = table.is_sampled();
    rows.write_record(META.into_iter().chain(sampled.then_some(SAMPLED)).chain(names))?;
    for (row, meta) in table.meta.iter().enumerate() {
        let cells = table.columns.iter().map(|column| text(column, row));
        let rate = sampled.then(|| meta.sampled().map(|rate| rate.to_string()).unwrap_or_default());
        rows.write_record(head(meta).into_iter().chain(rate).chain(cells))?;
    }
    rows.into_inner().map_err(|error| io::Error::from(error.error().kind()))
}

/// The cells that are no features, in the order of [`META`].
fn head(meta: &Meta) -> [String; 8] {
    let label = meta.label.map(Label::number).map(|number| number.to_string()).unwrap_or_default();
    [
        meta.source.clone(),
        meta.id.clone(),
        meta.person.clone(),
        meta.generator.clone().unwrap_or_default(),
        label,
        meta.kind.name().to_owned(),
        meta.group.clone(),
        meta.window.name().to_owned(),
    ]
}

fn text(column: &Column, row: usize) -> String {
    match column.cell(row) {
        None => String::new(),
        Some(Cell::Number(number)) => number.to_string(),
        Some(Cell::Text(text)) => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::tests::table;

    #[test]
    fn a_row_is_a_line() {
        let text = String::from_utf8(to(Vec::new(), &table(3)).unwrap()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines,
            [
                "source,id,person,generator,label,kind,group,window,beacon.webdriver,pointer.speed,ua.family",
                "made,0,ann,,,mouse,browser,10s,1,,",
                "made,1,ann,,0,mouse,browser,10s,1,1,family 1",
                "made,2,ann,bézier,1,mouse,browser,10s,1,2,family 2",
            ]
        );
    }
}
