//! Packs and policies in one layout: the same keys in the same order, strings and conditions written alike.
//!
//! Comments, the order of rules and the meaning stay. What is formatted once stays as it is.

mod cel;
mod tables;
mod values;

use crate::{
    cel::with_stack,
    diagnostic::{Code, Diagnostic, Report},
    source::{Sources, Span},
};
use std::sync::Arc;
use toml::de::DeTable;
use toml_edit::DocumentMut;

/// The text of a pack or policy as `outwork fmt` leaves it. `path` names it in the report.
///
/// # Errors
/// Everything that is wrong with it as TOML; what else may be wrong is for [`crate::compile`] to say.
pub fn format(path: &str, text: &str) -> Result<String, Report> {
    with_stack(|| format_here(path, text))
}

fn format_here(path: &str, text: &str) -> Result<String, Report> {
    let mut sources = Sources::default();
    let file = sources.add(path.to_owned(), Arc::from(text));
    let (_, errors) = DeTable::parse_recoverable(text);
    let complaint = |range: Option<std::ops::Range<usize>>, message: &str| {
        Diagnostic::new(Code::Toml, Span::new(file, range.unwrap_or(0..0)), format!("not TOML: {message}"))
    };
    let mut wrong: Vec<Diagnostic> = errors.iter().map(|error| complaint(error.span(), error.message())).collect();
    match text.parse::<DocumentMut>() {
        Ok(mut document) if wrong.is_empty() => {
            tables::format(&mut document);
            return Ok(finished(&document.to_string()));
        }
        Ok(_) => {}
        Err(error) if wrong.is_empty() => wrong.push(complaint(error.span(), error.message())),
        Err(_) => {}
    }
    Err(Report::new(wrong, sources))
}

/// No blank lines at the start, one line feed at the end.
fn finished(text: &str) -> String {
    let text = text.trim_start_matches('\n').trim_end();
    if text.is_empty() { String::new() } else { format!("{text}\n") }
}
