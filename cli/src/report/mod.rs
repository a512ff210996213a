//! Reports of the compiler for people and for other programs.

mod github;
mod json;
mod sarif;

use std::io::IsTerminal;

use clap::ValueEnum;
use outwork_compiler::{Place, Report, Span};

use crate::failure::Failure;
use crate::output::print;

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people, on standard error
    Text,
    /// One JSON object
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of GitHub's workflows
    Github,
}

/// Shows a report: for people on standard error, for programs on standard output.
pub(crate) fn show(report: &Report, format: Format) -> Result<(), Failure> {
    match format {
        Format::Text => eprint!("{}", report.render(std::io::stderr().is_terminal())),
        Format::Json => print(&pretty(&json::report(report))?)?,
        Format::Sarif => print(&pretty(&sarif::log(report))?)?,
        Format::Github => print(&github::annotations(report))?,
    }
    Ok(())
}

fn pretty(value: &serde_json::Value) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(value).map_err(Failure::because("the report cannot be written"))?;
    Ok(text + "\n")
}

/// Where a span stands, with its file named as the user would name it.
fn place(report: &Report, span: &Span) -> Option<Place> {
    let place = report.place(span)?;
    let path = report.folder().join(&place.path).to_string_lossy().into_owned();
    Some(Place { path, ..place })
}
