//! What is wrong with a policy, where, and what to do about it.

mod codes;
mod fix;
mod place;
mod render;

pub use codes::Code;
pub use fix::Fix;
pub use place::{Place, Position};

use crate::source::{Sources, Span};
use std::path::{Path, PathBuf};

/// How bad a mistake is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The policy can be built, but something in it is probably not meant.
    Warning,
    /// The policy cannot be built.
    Error,
}

impl Severity {
    /// Its name in reports: `error` or `warning`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// Which kind of mistake it is.
    pub code: Code,
    /// What is wrong.
    pub message: String,
    /// Where; none when no file is to blame.
    pub place: Option<Span>,
    /// What the underlined text is.
    pub label: String,
    /// Other places that matter, each with what it is.
    pub related: Vec<(Span, String)>,
    /// Facts that help to understand it.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Option<String>,
}

impl Diagnostic {
    /// How bad it is, as its code says.
    pub const fn severity(&self) -> Severity {
        self.code.severity()
    }

    pub(crate) fn new(code: Code, place: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            place: Some(place),
            label: String::new(),
            related: Vec::new(),
            notes: Vec::new(),
            help: None,
        }
    }

    pub(crate) fn nowhere(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            place: None,
            label: String::new(),
            related: Vec::new(),
            notes: Vec::new(),
            help: None,
        }
    }

    pub(crate) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    pub(crate) fn related(mut self, place: Span, label: impl Into<String>) -> Self {
        self.related.push((place, label.into()));
        self
    }

    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }
}

/// Everything that is wrong with a policy.
#[derive(Clone, Debug)]
pub struct Report {
    // INVARIANT: in the order of the files.
    diagnostics: Vec<Diagnostic>,
    sources: Sources,
    /// Where the files are, as whoever reads the report would name it.
    folder: PathBuf,
}

impl Report {
    pub(crate) fn new(mut diagnostics: Vec<Diagnostic>, sources: Sources) -> Self {
        diagnostics.sort_by_key(|one| one.place.as_ref().map(|place| (place.file, place.range.start)));
        Self { diagnostics, sources, folder: PathBuf::new() }
    }

    pub(crate) fn inside(self, folder: &Path) -> Self {
        Self { folder: folder.to_owned(), ..self }
    }

    /// What is wrong, in the order of the files.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Whether nothing at all is wrong.
    pub fn is_empty(&self) -> bool {
        self.diagnostics.is_empty()
    }

    /// How many mistakes are of this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|one| one.severity() == severity).count()
    }

    /// Where the files are, as whoever asked would name the place.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where a span of this report stands.
    pub fn place(&self, span: &Span) -> Option<Place> {
        place::place(span, &self.sources)
    }

    /// What to write instead, where a near name is known.
    pub fn fix(&self, diagnostic: &Diagnostic) -> Option<Fix> {
        fix::fix(diagnostic, &self.sources)
    }

    /// All of it as text for a terminal.
    pub fn render(&self, colour: bool) -> String {
        render::render(&self.diagnostics, &self.sources, &self.folder, colour)
    }
}

/// The candidate nearest to what was written, when one is near enough to be meant.
pub(crate) fn did_you_mean<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(written, candidate), candidate))
        .filter(|(distance, _)| *distance <= (written.chars().count() / 4).max(1))
        .min()
        .map(|(_, candidate)| candidate)
}
