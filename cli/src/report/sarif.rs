//! A report as SARIF 2.1.0 (OASIS, 2020, with errata 01 of 2023): what code scanning services take in. Columns are
//! counted in UTF-16 code units, which is SARIF's default and what such services read.

use std::collections::BTreeSet;
use std::path::{Component, Path};

use outwork_compiler::{Code, Diagnostic, Place, Report, Severity, Span};
use serde_json::{Value, json};

use super::place;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The log of one run.
pub(super) fn log(report: &Report) -> Value {
    let codes: Vec<Code> =
        report.diagnostics().iter().map(|one| one.code).collect::<BTreeSet<_>>().into_iter().collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "outwork",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": codes.iter().map(|&code| rule(code)).collect::<Vec<_>>(),
            }},
            "columnKind": "utf16CodeUnits",
            "results": report.diagnostics().iter().map(|one| result(report, one, &codes)).collect::<Vec<_>>(),
        }],
    })
}

fn rule(code: Code) -> Value {
    json!({
        "id": code.id(),
        "shortDescription": {"text": code.title()},
        "fullDescription": {"text": meaning(code)},
        "help": {"text": format!("`outwork explain {}` prints this page.", code.id()), "markdown": code.page()},
        "defaultConfiguration": {"level": code.severity().name()},
    })
}

/// The first paragraph of a code's page, on one line.
fn meaning(code: Code) -> String {
    code.page().split("\n\n").nth(1).unwrap_or_default().replace('\n', " ")
}

fn result(report: &Report, one: &Diagnostic, codes: &[Code]) -> Value {
    let mut result = json!({
        "ruleId": one.code.id(),
        "ruleIndex": codes.binary_search(&one.code).unwrap_or(0),
        "level": if one.severity() == Severity::Error { "error" } else { "warning" },
        "message": {"text": text(one)},
    });
    let Some(object) = result.as_object_mut() else { return result };
    if let Some(location) = one.place.as_ref().and_then(|span| location(report, span, None)) {
        object.insert("locations".into(), json!([location]));
    }
    let related: Vec<Value> =
        one.related.iter().filter_map(|(span, label)| location(report, span, Some(label))).collect();
    if !related.is_empty() {
        object.insert("relatedLocations".into(), related.into());
    }
    if let Some(fix) = fix(report, one) {
        object.insert("fixes".into(), json!([fix]));
    }
    result
}

fn text(one: &Diagnostic) -> String {
    let mut text = one.message.clone();
    for line in
        one.notes.iter().map(|note| format!("\n{note}")).chain(one.help.iter().map(|help| format!("\nhelp: {help}")))
    {
        text.push_str(&line);
    }
    text
}

fn location(report: &Report, span: &Span, label: Option<&str>) -> Option<Value> {
    let place = place(report, span)?;
    let physical = json!({"artifactLocation": {"uri": uri(&place.path)}, "region": region(&place)});
    Some(match label {
        Some(label) => json!({"physicalLocation": physical, "message": {"text": label}}),
        None => json!({"physicalLocation": physical}),
    })
}

fn fix(report: &Report, one: &Diagnostic) -> Option<Value> {
    let fix = report.fix(one)?;
    let place = place(report, &fix.span)?;
    Some(json!({
        "description": {"text": format!("write `{}`", fix.text)},
        "artifactChanges": [{
            "artifactLocation": {"uri": uri(&place.path)},
            "replacements": [{"deletedRegion": region(&place), "insertedContent": {"text": fix.text}}],
        }],
    }))
}

fn region(place: &Place) -> Value {
    json!({
        "startLine": place.start.line,
        "startColumn": place.start.utf16_column,
        "endLine": place.end.line,
        "endColumn": place.end.utf16_column,
    })
}

/// A path as a URI reference (RFC 3986): relative ones stay relative, to be read from where the command ran.
fn uri(path: &str) -> String {
    let (mut parts, mut root) = (Vec::new(), "");
    for component in Path::new(path).components() {
        match component {
            Component::RootDir => root = "file:///",
            Component::CurDir => {}
            Component::ParentDir if parts.last().is_some_and(|last| last != "..") => {
                parts.pop();
            }
            other => parts.push(encode(&other.as_os_str().to_string_lossy())),
        }
    }
    format!("{root}{}", parts.join("/"))
}

fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        for (path, expected) in [
            ("rules/packs/a.toml", "rules/packs/a.toml"),
            ("./rules/../a b.toml", "a%20b.toml"),
            ("../x/é#1.toml", "../x/%C3%A9%231.toml"),
            ("/etc/outwork/a.toml", "file:///etc/outwork/a.toml"),
        ] {
            assert_eq!(uri(path), expected);
        }
    }
}
