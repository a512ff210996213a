//! The layout of values: how strings are quoted, and where arrays and inline tables are broken.

use super::cel::{self, WIDTH};
use toml_edit::{Array, InlineTable, Value};

const INDENT: usize = 4;

/// A value as it stands after `column` characters of its line, which is indented by `indent`.
pub(super) fn render(value: &Value, column: usize, indent: usize) -> String {
    let line = flat(value);
    if column + line.chars().count() <= WIDTH {
        return line;
    }
    match value {
        Value::Array(array) => spread(array, indent),
        Value::InlineTable(table) => open_longest(table, indent),
        _ => line,
    }
}

/// Whether a value holds comments, which cannot be moved.
pub(super) fn has_comment(value: &Value) -> bool {
    let decor = value.decor();
    let raw = |raw: Option<&toml_edit::RawString>| {
        raw.and_then(toml_edit::RawString::as_str).is_some_and(|text| text.contains('#'))
    };
    let inside = match value {
        Value::Array(array) => {
            raw(Some(array.trailing())) || array.iter().any(|item| has_comment(item) || raw(item.decor().prefix()))
        }
        Value::InlineTable(table) => {
            let keys = table.iter().filter_map(|(key, _)| table.key(key));
            raw(Some(table.trailing()))
                || keys.into_iter().any(|key| raw(key.leaf_decor().prefix()) || raw(key.leaf_decor().suffix()))
                || table.iter().any(|(_, value)| has_comment(value) || raw(value.decor().prefix()))
        }
        _ => false,
    };
    inside || raw(decor.suffix())
}

/// A condition as a TOML string: literal, and on several lines when it has them.
pub(super) fn condition(value: &Value, column: usize) -> Option<String> {
    let text = value.as_str()?;
    let broken = text.trim().contains('\n');
    let laid = cel::layout(text, broken, WIDTH.saturating_sub(column + 2))?;
    if laid.contains("'''") || laid.chars().any(|c| c.is_control() && c != '\n') {
        return None;
    }
    Some(if laid.contains('\n') {
        format!("'''\n{laid}\n'''")
    } else if !laid.contains('\'') {
        format!("'{laid}'")
    } else if laid.ends_with('\'') {
        format!("'''\n{laid}\n'''")
    } else {
        format!("'''{laid}'''")
    })
}

fn flat(value: &Value) -> String {
    match value {
        Value::Array(array) => format!("[{}]", array.iter().map(flat).collect::<Vec<_>>().join(", ")),
        Value::InlineTable(table) if table.is_empty() => "{}".into(),
        Value::InlineTable(table) => {
            format!(
                "{{ {} }}",
                pairs(table)
                    .iter()
                    .map(|(key, value)| format!("{key} = {}", flat(value)))
                    .collect::<Vec<_>>()
                    .join(", ")
            )
        }
        Value::String(text) => quoted(text.value(), text.display_repr().trim()),
        Value::Integer(number) => number.display_repr().trim().to_owned(),
        Value::Float(number) => number.display_repr().trim().to_owned(),
        Value::Boolean(value) => value.display_repr().trim().to_owned(),
        Value::Datetime(date) => date.display_repr().trim().to_owned(),
    }
}

/// The keys of an inline table as written, dotted ones joined, with their values.
fn pairs(table: &InlineTable) -> Vec<(String, &Value)> {
    let named = |keys: Vec<&toml_edit::Key>| {
        keys.iter().map(|key| key.display_repr().into_owned()).collect::<Vec<_>>().join(".")
    };
    table.get_values().into_iter().map(|(keys, value)| (named(keys), value)).collect()
}

/// The quotes that need no escapes, double ones first; what is escaped otherwise, or on several lines, stays as it is.
fn quoted(text: &str, written: &str) -> String {
    let plain = !written.starts_with("\"\"\"") && !written.starts_with("'''") && !text.chars().any(char::is_control);
    let escapes = written.starts_with('"') && written.replace("\\\\", "").replace("\\\"", "").contains('\\');
    if !plain || escapes {
        written.to_owned()
    } else if !text.contains(['"', '\\']) {
        format!("\"{text}\"")
    } else if !text.contains('\'') {
        format!("'{text}'")
    } else {
        written.to_owned()
    }
}

/// An array on lines of its own: an item on each where it was so, else as many as fit.
fn spread(array: &Array, indent: usize) -> String {
    let inside = indent + INDENT;
    let begins_line = |item: &Value| {
        item.decor().prefix().and_then(toml_edit::RawString::as_str).is_some_and(|prefix| prefix.contains('\n'))
    };
    let one_each = array.len() > 1 && array.iter().all(begins_line);
    let mut out = String::from("[");
    let mut column = WIDTH;
    for item in array {
        let text = if is_pair(item) { flat(item) } else { render(item, inside, inside) };
        let width = text.chars().count();
        if one_each || column + 2 + width > WIDTH || text.contains('\n') {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', inside));
            column = inside;
        } else {
            out.push(' ');
            column += 1;
        }
        out.push_str(&text);
        out.push(',');
        column = if text.contains('\n') { WIDTH } else { column + width + 1 };
    }
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
    out.push(']');
    out
}

/// A header of a request and the like: what belongs on one line, however long.
fn is_pair(value: &Value) -> bool {
    matches!(value, Value::Array(items) if items.len() <= 2 && items.iter().all(Value::is_str))
}

/// An inline table whose longest array is on lines of its own.
fn open_longest(table: &InlineTable, indent: usize) -> String {
    let pairs = pairs(table);
    let size =
        |value: &Value| if matches!(value, Value::Array(array) if !array.is_empty()) { flat(value).len() } else { 0 };
    let longest = pairs.iter().map(|(_, value)| size(value)).max().unwrap_or(0);
    let mut opened = longest == 0;
    let mut parts = Vec::with_capacity(pairs.len());
    for (key, value) in pairs {
        let text = match value {
            Value::Array(array) if !opened && size(value) == longest => {
                opened = true;
                spread(array, indent)
            }
            _ => flat(value),
        };
        parts.push(format!("{key} = {text}"));
    }
    format!("{{ {} }}", parts.join(", "))
}
