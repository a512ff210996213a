//! TOML with places: every value knows where it stands, every mistake in a file is found at once.

mod date;
mod duration;
mod keys;
mod size;
mod strings;

pub(crate) use date::day;
pub(crate) use keys::{Keys, Text, choose, listed};
pub(crate) use strings::offsets;

use crate::{
    context::Context,
    diagnostic::{Code, Diagnostic},
    source::{FileId, Span},
};
use toml::{Spanned, de::DeTable};

/// Parses a file, and reports what is no TOML: what the rest of such a file means would be guessing.
pub(crate) fn parse<'t>(cx: &mut Context<'_>, file: FileId, text: &'t str) -> Option<Spanned<DeTable<'t>>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    let sound = errors.is_empty();
    for error in errors {
        let range = error.span().unwrap_or(0..0);
        cx.report(Diagnostic::new(Code::Toml, Span::new(file, range), format!("not TOML: {}", error.message())));
    }
    sound.then_some(table)
}
