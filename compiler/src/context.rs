//! What every stage of the compiler shares: the files read, and what was found wrong so far.

use crate::{
    cel::Listed,
    diagnostic::{Code, Diagnostic, Severity},
    files::{Files, MAX_FILE_BYTES},
    lower::pattern::Patterns,
    pack::Accepted,
    source::{FileId, Sources, Span},
};
use std::{collections::BTreeSet, io, sync::Arc};

/// The files read and the mistakes found.
pub(crate) struct Context<'f> {
    pub(crate) files: &'f dyn Files,
    pub(crate) sources: Sources,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The lists that some condition asks about, by their place among all.
    pub(crate) asked_lists: BTreeSet<usize>,
    /// Every warning that is accepted somewhere.
    pub(crate) accepted: Vec<Accepted>,
    /// Those of them that were raised, by the place where they are accepted.
    raised: Vec<Span>,
    /// The regular expressions of all conditions.
    pub(crate) patterns: Patterns,
    /// The lists that texts are searched for.
    pub(crate) listed: Listed,
    /// How many parts all conditions have.
    pub(crate) parts: usize,
    /// Whether lists are about to be fetched, so that one with a `source` needs no file yet.
    pub(crate) fetches_lists: bool,
}

impl<'f> Context<'f> {
    pub(crate) fn new(files: &'f dyn Files) -> Self {
        Self {
            files,
            sources: Sources::default(),
            diagnostics: Vec::new(),
            asked_lists: BTreeSet::new(),
            accepted: Vec::new(),
            raised: Vec::new(),
            patterns: Patterns::default(),
            listed: Listed::default(),
            parts: 0,
            fetches_lists: false,
        }
    }

    /// Whether something was found that a policy cannot be built with.
    pub(crate) fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|one| one.severity() == Severity::Error)
    }

    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Reports a warning, unless what it is about accepts it.
    pub(crate) fn warn(&mut self, accepted: &[Accepted], diagnostic: Diagnostic) {
        match accepted.iter().find(|accepted| accepted.code == diagnostic.code) {
            Some(accepted) => self.raised.push(accepted.span.clone()),
            None => self.report(diagnostic),
        }
    }

    /// The accepted warnings that nothing raised.
    pub(crate) fn accepted_in_vain(&self) -> Vec<Accepted> {
        self.accepted.iter().filter(|accepted| !self.raised.contains(&accepted.span)).cloned().collect()
    }

    /// Reads a text file that `named_at` names; says so when it cannot.
    pub(crate) fn open(&mut self, path: &str, named_at: Option<&Span>) -> Option<(FileId, Arc<str>)> {
        match self.read(path) {
            Ok(text) => {
                let text: Arc<str> = text.into();
                Some((self.sources.add(path.to_owned(), Arc::clone(&text)), text))
            }
            Err(diagnostic) => {
                let place = named_at.cloned();
                self.report(Diagnostic { place, label: "named here".into(), ..*diagnostic });
                None
            }
        }
    }

    /// Whether there is no such file.
    pub(crate) fn lacks(&self, path: &str) -> bool {
        self.files.read(path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
    }

    /// A file that is still to be made, as `open` gives it.
    pub(crate) fn empty(&mut self, path: &str) -> (FileId, Arc<str>) {
        (self.sources.add(path.to_owned(), "".into()), "".into())
    }

    /// Reads a file that is no text, as `open` does.
    pub(crate) fn open_bytes(&mut self, path: &str, named_at: &Span) -> Option<Vec<u8>> {
        match self.read_bytes(path) {
            Ok(bytes) => Some(bytes),
            Err(diagnostic) => {
                self.report(Diagnostic { place: Some(named_at.clone()), label: "named here".into(), ..*diagnostic });
                None
            }
        }
    }

    fn read(&self, path: &str) -> Result<String, Box<Diagnostic>> {
        let bytes = self.read_bytes(path)?;
        String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            let line = error.as_bytes().iter().take(at).filter(|&&byte| byte == b'\n').count() + 1;
            Diagnostic::nowhere(Code::NotUtf8, format!("`{path}` is not UTF-8: byte {at}, in line {line}"))
                .help("save it as UTF-8")
                .into()
        })
    }

    fn read_bytes(&self, path: &str) -> Result<Vec<u8>, Box<Diagnostic>> {
        let bytes = self.files.read(path).map_err(|error| {
            let relative = "paths are relative to the file that names them";
            // Whoever copies a folder has its policy, and not what that names outside of it.
            let help = match outside(path).filter(|_| error.kind() == io::ErrorKind::NotFound) {
                Some(outside) => {
                    format!("{relative}: a folder that is copied needs `{outside}` beside it, or another path here")
                }
                None => relative.into(),
            };
            Diagnostic::nowhere(Code::Unreadable, format!("cannot read `{path}`: {error}")).help(help)
        })?;
        if bytes.len() as u64 > MAX_FILE_BYTES {
            let message = format!("`{path}` is larger than {} MiB", MAX_FILE_BYTES >> 20);
            return Err(Diagnostic::nowhere(Code::TooLarge, message)
                .help("split it, or drop what no rule uses")
                .into());
        }
        Ok(bytes)
    }
}

/// What a path names outside of its policy's folder: `../models` of `../models/mine.model`.
fn outside(path: &str) -> Option<String> {
    let up = path.split('/').take_while(|part| *part == "..").count();
    (up > 0).then(|| path.split('/').take(up + 1).collect::<Vec<_>>().join("/"))
}
