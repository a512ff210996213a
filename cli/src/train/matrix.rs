//! Rows as numbers: one column of floats an input, NaN for what is missing.

use outwork_compiler::model::Categories;

use super::catboost::Table;
use super::data::Data;
use super::texts::{Lookup, Texts, out_of_fold, table};
use crate::rows::{Cells, Column};

/// The table of each column of texts, by its place; none for numbers.
pub(crate) type Tables = Vec<Option<Categories>>;

/// The first `inputs` columns of the rows that are learned from, and the tables by which all other rows are encoded.
pub(crate) fn learned(data: &Data, weights: &[f64], inputs: usize, seed: u64) -> (Table, Tables) {
    let texts = |values| Texts { rows: &data.rows, weights, values };
    let encoded = data.columns.iter().take(inputs).map(|column| match &column.cells {
        Cells::Numbers(cells) => (floats(cells.iter().copied()), None),
        Cells::Texts(cells) => (floats(out_of_fold(&texts(cells), seed).into_iter()), Some(table(&texts(cells)))),
    });
    let (columns, tables) = encoded.unzip();
    (labelled(columns, data, weights), tables)
}

/// The same columns of other rows.
pub(crate) fn encoded(data: &Data, weights: &[f64], tables: &Tables) -> Table {
    let columns = data.columns.iter().zip(tables).map(|(column, table)| encode(column, table.as_ref())).collect();
    labelled(columns, data, weights)
}

fn encode(column: &Column, table: Option<&Categories>) -> Vec<f32> {
    let lookup = table.cloned().map(Lookup::of);
    match &column.cells {
        Cells::Numbers(cells) => floats(cells.iter().copied()),
        Cells::Texts(cells) => floats(cells.iter().map(|text| Some(lookup.as_ref()?.number(text.as_deref()?)))),
    }
}

fn floats(values: impl Iterator<Item = Option<u16>>) -> Vec<f32> {
    values.map(|value| value.map_or(f32::NAN, f32::from)).collect()
}

fn labelled(columns: Vec<Vec<f32>>, data: &Data, weights: &[f64]) -> Table {
    Table {
        columns,
        labels: data.rows.iter().map(|row| f32::from(u8::from(row.is_program()))).collect(),
        weights: weights.iter().map(|weight| *weight as f32).collect(),
    }
}
