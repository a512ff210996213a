//! The policy compiler: TOML rule packs, lists and settings become one bundle, or a report of everything that is wrong
//! with them.
//!
//! ```text
//! files ─▶ read (TOML) ─▶ cel (parse, names, types) ─▶ lower (atoms, programs, automata) ─▶ assemble ─▶ check_tests
//! ```
#![forbid(unsafe_code)]

mod assemble;
mod cel;
mod check_tests;
mod context;
pub mod corpus;
mod diagnostic;
mod files;
mod format;
mod hosts;
mod lint;
mod lists;
mod lower;
pub mod model;
mod note;
mod notes;
mod options;
mod pack;
mod published;
mod read;
mod request;
mod schema;
mod source;
mod trace;
mod url;
mod visit;

pub use check_tests::TestOutcome;
pub use diagnostic::{Code, Diagnostic, Fix, Place, Position, Report, Severity};
pub use files::{Files, Folder, MAX_FILE_BYTES};
pub use format::format;
pub use hosts::Host;
pub use lint::FRESH_DAYS;
pub use notes::{AgentNote, MacroNote, Notes, PartNote, PartShape, RuleNote};
pub use options::Options;
pub use published::{ListFormat, ListSource, list_sources};
pub use request::Request;
pub use schema::{SchemaKind, schema};
pub use source::{FileId, Source, Sources, Span};
pub use trace::{Read, Trace, in_words};
pub use visit::{Observed, Visit, Way};

use context::Context;
use outwork_engine::bundle::Bundle;
use std::path::{Path, PathBuf};

/// The file that a policy's folder is named by.
pub const ENTRY: &str = "outwork.toml";

/// A policy without mistakes.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The bundle.
    pub bundle: Vec<u8>,
    /// The bundle's name.
    pub name: String,
    /// How many rules it has.
    pub rules: usize,
    /// How many limits it has.
    pub limits: usize,
    /// How many models it has.
    pub models: usize,
    /// How many transactions it has.
    pub transactions: usize,
    /// How the tests of its rules and transactions went: all passed, or there would be a report.
    pub tests: Vec<TestOutcome>,
    /// What in it is probably not meant. It changes no byte of the bundle.
    pub warnings: Report,
}

/// Compiles a policy's folder, its `outwork.toml`, or a pack alone, and runs the tests of its rules.
///
/// # Errors
/// Everything that is wrong with it, tests that fail included.
pub fn compile(path: &Path) -> Result<Compiled, Report> {
    compile_with(path, &Options::default())
}

/// Compiles as [`compile`] does, with warnings as the options want them.
///
/// # Errors
/// Everything that is wrong with it, tests that fail and warnings included.
pub fn compile_with(path: &Path, options: &Options) -> Result<Compiled, Report> {
    let (folder, entry) = entry(path);
    match compile_files_with(&Folder(folder.clone()), &entry, options) {
        Ok(compiled) => Ok(Compiled { warnings: compiled.warnings.inside(&folder), ..compiled }),
        Err(report) => Err(report.inside(&folder)),
    }
}

/// The folder of a policy, and the file in it that names the others.
fn entry(path: &Path) -> (PathBuf, String) {
    if path.is_dir() {
        return (path.to_owned(), ENTRY.to_owned());
    }
    let folder = path.parent().map_or_else(Default::default, Path::to_owned);
    (folder, path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default())
}

/// Compiles the policy or pack in file `entry`.
///
/// # Errors
/// Everything that is wrong with it, tests that fail included.
pub fn compile_files(files: &dyn Files, entry: &str) -> Result<Compiled, Report> {
    compile_files_with(files, entry, &Options::default())
}

/// Compiles as [`compile_files`] does, with warnings as the options want them.
///
/// # Errors
/// Everything that is wrong with it, tests that fail and warnings included.
pub fn compile_files_with(files: &dyn Files, entry: &str, options: &Options) -> Result<Compiled, Report> {
    cel::with_stack(|| compile_here(files, entry, options))
}

fn compile_here(files: &dyn Files, entry: &str, options: &Options) -> Result<Compiled, Report> {
    let mut cx = Context::new(files);
    let policy = pack::read(&mut cx, entry);
    lint::lint(&mut cx, &policy, options);
    if cx.has_errors() {
        return Err(Report::new(cx.diagnostics, cx.sources));
    }
    let bundle =
        assemble::assemble(&policy, &cx.sources).map_err(|wrong| Report::new(vec![*wrong], cx.sources.clone()))?;
    let (tests, failures) = check_tests::run(&policy, &bundle);
    if !failures.is_empty() {
        cx.diagnostics.extend(failures);
        return Err(Report::new(cx.diagnostics, cx.sources));
    }
    let name = Bundle::open(&bundle).and_then(|bundle| bundle.name().map(str::to_owned));
    match name {
        Ok(name) => Ok(Compiled {
            name,
            rules: policy.rules.len(),
            limits: policy.limits.len(),
            models: policy.models.len(),
            transactions: policy.transactions.len(),
            tests,
            bundle,
            warnings: Report::new(cx.diagnostics, cx.sources),
        }),
        Err(error) => Err(Report::new(vec![Diagnostic::nowhere(Code::BadVersion, error.to_string())], cx.sources)),
    }
}
