use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, Int32Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{Type, TypePtr};

use super::file::{LABEL, META, PROVENANCE, SAMPLED, SUBJECT, field};
use super::{Cells, Column, Label, Meta, Table};
use crate::failure::Failure;

/// How many rows are held as Parquet at a time.
const GROUP: usize = 1 << 16;

/// Writes a table: as CSV where the name ends in `.csv` or `.csv.gz`, else as Parquet, compressed by Snappy, which every
/// reader of Parquet knows. The same table gives the same bytes.
///
/// # Errors
/// Names the file that cannot be written.
pub(crate) fn write(path: &Path, table: &Table) -> std::result::Result<(), Failure> {
    let name = path.display();
    if [".csv", ".csv.gz"].iter().any(|ending| path.to_string_lossy().ends_with(ending)) {
        return super::csv::write(path, table).map_err(Failure::because(format!("`{name}` cannot be written")));
    }
    let file = File::create(path).map_err(Failure::because(format!("`{name}` cannot be written")))?;
    to(BufWriter::new(file), table).map_err(Failure::because(format!("`{name}` cannot be written")))
}

/// As [`write`], to anything.
pub(super) fn to(out: impl Write + Send, table: &Table) -> Result<()> {
    let mut file = SerializedFileWriter::new(out, schema(table)?, Arc::new(properties(table)?))?;
    for start in (0..table.meta.len()).step_by(GROUP) {
        let rows = start..table.meta.len().min(start + GROUP);
        let mut group = file.next_row_group()?;
        for name in META {
            meta(&mut group, name, table.meta.get(rows.clone()).unwrap_or_default())?;
        }
        if table.is_sampled() {
            let rates = table.meta.get(rows.clone()).unwrap_or_default().iter();
            column::<Int32Type, _>(&mut group, rates.map(Meta::sampled))?;
        }
        for column in &table.columns {
            feature(&mut group, column, rows.clone())?;
        }
        group.close()?;
    }
    file.finish()?;
    Ok(file.inner_mut().flush()?)
}

fn schema(table: &Table) -> Result<TypePtr> {
    let meta = META.iter().map(|name| field(name, *name != LABEL));
    let sampled = table.is_sampled().then(|| field(SAMPLED, false));
    let features = table.columns.iter();
    let features = features.map(|column| field(column.signal.name, matches!(column.cells, Cells::Texts(_))));
    let fields = meta.chain(sampled).chain(features).collect::<Result<_>>()?;
    Type::group_type_builder("rows").with_fields(fields).build().map(TypePtr::new)
}

fn properties(table: &Table) -> Result<WriterProperties> {
    let lines: std::result::Result<Vec<_>, _> = table.provenance.iter().map(serde_json::to_string).collect();
    let lines = lines.map_err(|error| ParquetError::External(Box::new(error)))?.join("\n");
    let pair = |key: &str, value: String| KeyValue::new(key.to_owned(), value);
    let pairs = vec![pair(SUBJECT, table.subject.name().to_owned()), pair(PROVENANCE, lines)];
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_created_by(concat!("outwork ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_key_value_metadata(Some(pairs));
    Ok(properties.build())
}

fn meta<W: Write + Send>(group: &mut SerializedRowGroupWriter<'_, W>, name: &str, rows: &[Meta]) -> Result<()> {
    if name == LABEL {
        return column::<Int32Type, W>(group, rows.iter().map(|row| row.label.map(Label::number)));
    }
    let text = |row: &Meta| match name {
        "source" => Some(row.source.clone()),
        "id" => Some(row.id.clone()),
        "person" => Some(row.person.clone()),
        "generator" => row.generator.clone(),
        "kind" => Some(row.kind.name().to_owned()),
        "group" => Some(row.group.clone()),
        _ => Some(row.window.name().to_owned()),
    };
    column::<ByteArrayType, W>(group, rows.iter().map(|row| text(row).map(bytes)))
}

fn feature<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    from: &Column,
    rows: Range<usize>,
) -> Result<()> {
    match &from.cells {
        Cells::Numbers(cells) => {
            let cells = cells.get(rows).unwrap_or_default();
            column::<Int32Type, W>(group, cells.iter().map(|cell| cell.map(i32::from)))
        }
        Cells::Texts(cells) => {
            let cells = cells.get(rows).unwrap_or_default();
            column::<ByteArrayType, W>(group, cells.iter().map(|cell| cell.clone().map(bytes)))
        }
    }
}

fn bytes(text: String) -> ByteArray {
    ByteArray::from(text.into_bytes())
}

/// Writes the next column: the values that are there, and for each row a level that says whether one is.
fn column<T: DataType, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    cells: impl Iterator<Item = Option<T::T>>,
) -> Result<()> {
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    for cell in cells {
        levels.push(i16::from(cell.is_some()));
        values.extend(cell);
    }
    let missing = || ParquetError::General("the schema has fewer columns than the table".to_owned());
    let mut column = group.next_column()?.ok_or_else(missing)?;
    column.typed::<T>().write_batch(&values, Some(&levels), None)?;
    column.close()
}
