//! The files of a policy, as they were read.

use std::{ops::Range, sync::Arc};

/// The files of a policy.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

/// One file.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its path as the policy names it.
    pub path: String,
    /// Its text.
    pub text: Arc<str>,
}

/// A file's number among the [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(usize);

/// A stretch of a file, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The bytes.
    pub range: Range<usize>,
}

impl Sources {
    /// Takes a file in.
    pub fn add(&mut self, path: String, text: Arc<str>) -> FileId {
        self.files.push(Source { path, text });
        FileId(self.files.len() - 1)
    }

    /// A file that was taken in.
    pub fn file(&self, id: FileId) -> Option<&Source> {
        self.files.get(id.0)
    }

    /// The line and column where a span begins, both from 1; columns are counted in characters.
    pub fn line_and_column(&self, span: &Span) -> (usize, usize) {
        let text = self.file(span.file).map_or("", |file| &file.text);
        let before = text.get(..span.range.start).unwrap_or(text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        (before.matches('\n').count() + 1, line.chars().count() + 1)
    }
}

impl Span {
    /// A stretch of a file.
    pub fn new(file: FileId, range: Range<usize>) -> Self {
        Self { file, range }
    }
}
