use std::fmt::Display;

use bytes::Bytes;
use outwork_engine::signals::{Kind, SIGNALS, Signal, by_name};
use outwork_replay::Rate;
use parquet::basic::Type as Physical;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::Result as ParquetResult;
use parquet::file::reader::{FileReader, SerializedFileReader};

use super::cells::clamp;
use super::{Cells, Column, Label};
use crate::failure::Failure;

/// A column of a file.
pub(super) struct Source<'a> {
    pub(super) reader: &'a SerializedFileReader<Bytes>,
    pub(super) file: &'a str,
    pub(super) column: &'a str,
    pub(super) at: usize,
    pub(super) rows: usize,
}

impl Source<'_> {
    fn failure(&self, error: impl Display) -> Failure {
        Failure::new(format!("{}, column `{}`: {error}", self.file, self.column))
    }

    /// A feature, whose name and type have to be those of a signal.
    pub(super) fn feature(&self, name: &str) -> Result<Column, Failure> {
        let signal = by_name(name).and_then(|at| SIGNALS.get(at)).filter(|signal| signal.kind != Kind::Address);
        let signal: &'static Signal = signal.ok_or_else(|| {
            self.failure("no signal of this version has that name").with_help("docs/signals.md has all of them")
        })?;
        let cells = match signal.kind {
            Kind::Text => Cells::Texts(self.texts()?),
            _ => Cells::Numbers(
                self.numbers()?.into_iter().map(|cell| cell.map(|number| clamp(number.into()))).collect(),
            ),
        };
        Ok(Column { signal, cells })
    }

    pub(super) fn labels(&self) -> Result<Vec<Option<Label>>, Failure> {
        let wrong = |row: usize, number| {
            self.failure(format!("row {}: {number} is no label: 0 is a person, 1 a program", row + 1))
        };
        let label = |(row, cell): (usize, Option<i32>)| {
            cell.map(|number| Label::from_number(number).ok_or_else(|| wrong(row, number))).transpose()
        };
        self.numbers()?.into_iter().enumerate().map(label).collect()
    }

    pub(super) fn rates(&self) -> Result<Vec<Rate>, Failure> {
        let wrong = |row: usize, number| {
            self.failure(format!("row {}: {number} is no rate in thousandths, from 1 to 1000", row + 1))
        };
        let rate = |(row, cell): (usize, Option<i32>)| match cell {
            None => Ok(Rate::ALL),
            Some(number) => u16::try_from(number).ok().and_then(Rate::of_thousandths).ok_or_else(|| wrong(row, number)),
        };
        self.numbers()?.into_iter().enumerate().map(rate).collect()
    }

    fn numbers(&self) -> Result<Vec<Option<i32>>, Failure> {
        self.cells(Physical::INT32, "Int32", |reader| match reader {
            ColumnReader::Int32ColumnReader(reader) => Some(reader),
            _ => None,
        })
    }

    pub(super) fn texts(&self) -> Result<Vec<Option<String>>, Failure> {
        let cells = self.cells(Physical::BYTE_ARRAY, "Utf8", |reader| match reader {
            ColumnReader::ByteArrayColumnReader(reader) => Some(reader),
            _ => None,
        })?;
        let text = |(row, cell): (usize, Option<ByteArray>)| {
            let text = cell.map(|bytes| String::from_utf8(bytes.data().to_vec())).transpose();
            text.map_err(|_| self.failure(format!("row {}: no UTF-8", row + 1)))
        };
        cells.into_iter().enumerate().map(text).collect()
    }

    /// Every cell of the column, of all groups of rows.
    fn cells<T: DataType>(
        &self,
        physical: Physical,
        name: &str,
        typed: impl Fn(ColumnReader) -> Option<ColumnReaderImpl<T>>,
    ) -> Result<Vec<Option<T::T>>, Failure> {
        let schema = self.reader.metadata().file_metadata().schema_descr();
        let column = schema.column(self.at);
        if column.physical_type() != physical || column.max_rep_level() != 0 || column.max_def_level() > 1 {
            return Err(self.failure(format!("it is to be a flat column of type {name}")));
        }
        let mut cells = Vec::new();
        for group in 0..self.reader.num_row_groups() {
            let read = self.group(group, column.max_def_level() == 0, &typed);
            cells.extend(read.map_err(|error| self.failure(error))?);
        }
        match cells.len() == self.rows {
            true => Ok(cells),
            false => Err(self.failure(format!("{} cells of {} rows", cells.len(), self.rows))),
        }
    }

    fn group<T: DataType>(
        &self,
        group: usize,
        required: bool,
        typed: impl Fn(ColumnReader) -> Option<ColumnReaderImpl<T>>,
    ) -> ParquetResult<Vec<Option<T::T>>> {
        let group = self.reader.get_row_group(group)?;
        let (mut values, mut levels) = (Vec::new(), Vec::new());
        if let Some(mut column) = typed(group.get_column_reader(self.at)?) {
            column.read_records(self.rows, Some(&mut levels), None, &mut values)?;
        }
        let mut values = values.into_iter();
        Ok(match required {
            true => values.map(Some).collect(),
            false => levels.into_iter().map(|level| if level == 1 { values.next() } else { None }).collect(),
        })
    }
}
