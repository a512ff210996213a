//! What reader and writer agree on: names of columns and keys, and how a column of Parquet is written and read whole.

use parquet::basic::{ConvertedType, LogicalType, Repetition, Type as Physical};
use parquet::errors::Result;
use parquet::schema::types::{Type, TypePtr};

/// The key whose value is what the rows are about.
pub(super) const SUBJECT: &str = "outwork.rows";

/// The key whose value is one JSON object a source, one a line.
pub(super) const PROVENANCE: &str = "outwork.provenance";

/// The columns that are no features, in the order of the file.
pub(super) const META: [&str; 8] = ["source", "id", "person", "generator", "label", "kind", "group", "window"];

/// One more, of numbers, in files with rows of sampled records alone: the rate at which records like a row's were kept, in
/// thousandths, null where each was.
pub(super) const SAMPLED: &str = "sampled";

/// The one of them that holds numbers.
pub(super) const LABEL: &str = "label";

/// A column that may be null: of UTF-8 text, or of 32-bit numbers.
pub(super) fn field(name: &str, is_text: bool) -> Result<TypePtr> {
    let physical = if is_text { Physical::BYTE_ARRAY } else { Physical::INT32 };
    let column = Type::primitive_type_builder(name, physical).with_repetition(Repetition::OPTIONAL);
    let column = match is_text {
        true => column.with_logical_type(Some(LogicalType::String)).with_converted_type(ConvertedType::UTF8),
        false => column,
    };
    column.build().map(TypePtr::new)
}
