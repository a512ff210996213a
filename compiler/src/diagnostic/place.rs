//! Where a mistake is, in the units that editors and other programs count.

use crate::source::{Sources, Span};
use std::ops::Range;

/// A stretch of a file, in lines and columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, as the policy names it.
    pub path: String,
    /// Its first letter.
    pub start: Position,
    /// Behind its last letter.
    pub end: Position,
}

/// A place between two letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column from 1, in characters (Unicode code points).
    pub column: usize,
    /// The column from 1, in UTF-16 code units, as SARIF and language servers count by default.
    pub utf16_column: usize,
}

pub(super) fn place(span: &Span, sources: &Sources) -> Option<Place> {
    let file = sources.file(span.file)?;
    let Range { start, end } = clip(span, sources);
    Some(Place { path: file.path.clone(), start: position(&file.text, start), end: position(&file.text, end) })
}

/// The span, inside its text and on its characters, and on one line: many-line tables are underlined where they begin.
pub(super) fn clip(span: &Span, sources: &Sources) -> Range<usize> {
    let text = sources.file(span.file).map_or("", |file| &*file.text);
    let start = text.floor_char_boundary(span.range.start);
    let end = text.ceil_char_boundary(span.range.end.max(start));
    let line = text.get(start..end).and_then(|part| part.find('\n')).map_or(end, |length| start + length);
    start..line
}

fn position(text: &str, offset: usize) -> Position {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    Position {
        line: before.bytes().filter(|&byte| byte == b'\n').count() + 1,
        column: line.chars().count() + 1,
        utf16_column: line.encode_utf16().count() + 1,
    }
}
