//! Rows of features: what models are trained on and evaluated on, as Parquet. docs/rows.md has the columns.

mod cells;
mod csv;
mod file;
mod heads;
mod licence;
mod meta;
mod provenance;
mod read;
mod source;
mod table;
#[cfg(test)]
mod tests;
mod write;

pub(crate) use cells::{Cell, Cells, Column, clamp};
pub(crate) use licence::licence;
pub(crate) use meta::{Kind, Label, Meta, Span};
pub(crate) use provenance::Provenance;
pub(crate) use read::read;
use table::Digest;
pub(crate) use table::{Subject, Table};
pub(crate) use write::write;
