//! A report as commands of GitHub's workflows, which show it beside the lines of a change. Their form is told in
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>.

use std::fmt::Write;

use outwork_compiler::{Diagnostic, Report};

use super::place;

/// A line for each mistake and warning.
pub(super) fn annotations(report: &Report) -> String {
    report.diagnostics().iter().map(|one| annotation(report, one)).collect()
}

fn annotation(report: &Report, one: &Diagnostic) -> String {
    let mut line = format!("::{} ", one.severity().name());
    if let Some(place) = one.place.as_ref().and_then(|span| place(report, span)) {
        let file = escape(&place.path).replace(':', "%3A").replace(',', "%2C");
        let (start, end) = (place.start, place.end);
        let _ = write!(
            line,
            "file={file},line={},col={},endLine={},endColumn={},",
            start.line, start.column, end.line, end.column
        );
    }
    let help = one.help.as_ref().map_or_else(String::new, |help| format!("\nhelp: {help}"));
    let _ = writeln!(line, "title={}::{}", one.code.id(), escape(&format!("{}{help}", one.message)));
    line
}

fn escape(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}
