//! A report as one JSON object. Columns are counted in characters.

use outwork_compiler::{Diagnostic, Place, Report, Severity, Span};
use serde_json::{Value, json};

use super::place;

/// The object: how many mistakes and warnings, and each of them.
pub(super) fn report(report: &Report) -> Value {
    json!({
        "errors": report.count(Severity::Error),
        "warnings": report.count(Severity::Warning),
        "diagnostics": report.diagnostics().iter().map(|one| diagnostic(report, one)).collect::<Vec<_>>(),
    })
}

fn diagnostic(report: &Report, one: &Diagnostic) -> Value {
    let mut value = json!({
        "code": one.code.id(),
        "severity": one.severity().name(),
        "title": one.code.title(),
        "message": one.message,
        "labels": labels(report, one),
        "notes": one.notes,
        "help": one.help,
        "page": page(one),
    });
    if let (Some(object), Some(place)) =
        (value.as_object_mut(), one.place.as_ref().and_then(|span| place(report, span)))
    {
        object.extend(range(&place));
    }
    if let (Some(object), Some(fix)) = (value.as_object_mut(), report.fix(one))
        && let Some(place) = place(report, &fix.span)
    {
        let mut replacement = range(&place);
        replacement.insert("text".into(), fix.text.into());
        object.insert("fix".into(), replacement.into());
    }
    value
}

/// The page of a code, in the sources of Outwork; `outwork explain` prints it.
pub(super) fn page(one: &Diagnostic) -> String {
    format!("docs/diagnostics/{}.md", one.code.id())
}

fn labels(report: &Report, one: &Diagnostic) -> Vec<Value> {
    let first = one.place.iter().filter(|_| !one.label.is_empty()).map(|span| (span, &one.label));
    let others = one.related.iter().map(|(span, label)| (span, label));
    first.chain(others).filter_map(|(span, text)| label(report, span, text)).collect()
}

fn label(report: &Report, span: &Span, text: &str) -> Option<Value> {
    let mut label = range(&place(report, span)?);
    label.insert("text".into(), text.into());
    Some(label.into())
}

fn range(place: &Place) -> serde_json::Map<String, Value> {
    let entries = [
        ("file", Value::from(place.path.clone())),
        ("line", place.start.line.into()),
        ("column", place.start.column.into()),
        ("end_line", place.end.line.into()),
        ("end_column", place.end.column.into()),
    ];
    entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
