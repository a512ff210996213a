//! The layout of a file: its tables, their keys in order, and the comments that belong to each.

use super::values;
use crate::pack;
use toml_edit::{Decor, DocumentMut, Item, Key, KeyMut, RawString, Table, Value};

/// Lays a whole file out.
pub(super) fn format(document: &mut DocumentMut) {
    let trailing = comments(document.trailing().as_str(), Blanks::Collapse);
    // What ends the file stands apart from what is above it, as a table does.
    document.set_trailing(if trailing.is_empty() { String::new() } else { format!("\n{trailing}") });
    table(document.as_table_mut(), "");
}

/// The order of the keys in tables of a kind; in others their order says something, or nobody cares.
fn order(path: &str) -> Option<&'static [&'static str]> {
    Some(pack::of(path)).filter(|keys| !keys.is_empty())
}

fn table(table: &mut Table, path: &str) {
    let order = order(path);
    if let Some(order) = order {
        let place = |key: &Key| order.iter().position(|known| *known == key.get()).unwrap_or(order.len());
        table.sort_values_by(|left, _, right, _| place(left).cmp(&place(right)));
    }
    let mut first = true;
    for (mut key, item) in table.iter_mut() {
        let inner = if path.is_empty() { key.get().to_owned() } else { format!("{path}.{}", key.get()) };
        match item {
            Item::Value(value) => {
                let blanks = if order.is_some() || first { Blanks::Drop } else { Blanks::Collapse };
                key_and_value(&mut key, value, &inner, blanks);
                first = false;
            }
            Item::Table(one) => {
                plain(&mut key);
                header(one, &inner);
            }
            Item::ArrayOfTables(many) => {
                plain(&mut key);
                many.iter_mut().for_each(|one| header(one, &inner));
            }
            Item::None => {}
        }
    }
}

fn plain(key: &mut KeyMut<'_>) {
    key.leaf_decor_mut().clear();
    key.dotted_decor_mut().clear();
}

/// A table with its header: a blank line before it, and before that nothing but its comments.
fn header(inner: &mut Table, path: &str) {
    if !inner.is_dotted() {
        let before = comments(text(inner.decor().prefix()), Blanks::Collapse);
        let before = before.trim_start_matches('\n');
        let after = trailing(inner.decor());
        let decor = inner.decor_mut();
        decor.set_prefix(format!("\n{before}"));
        decor.set_suffix(after);
    }
    table(inner, path);
}

fn key_and_value(key: &mut KeyMut<'_>, value: &mut Value, path: &str, blanks: Blanks) {
    let before = comments(text(key.leaf_decor().prefix()), blanks);
    let after = trailing(value.decor());
    let written = key.display_repr().into_owned();
    key.leaf_decor_mut().set_prefix(before);
    key.leaf_decor_mut().set_suffix(" ");
    let column = written.chars().count() + 3;
    if let Some(laid) = laid(value, path, column).and_then(|text| text.parse::<Value>().ok()) {
        *value = laid;
    }
    value.decor_mut().set_prefix(" ");
    value.decor_mut().set_suffix(after);
}

/// The value as it shall stand; none when it stays as it is.
fn laid(value: &Value, path: &str, column: usize) -> Option<String> {
    if is_condition(path) && value.is_str() {
        return values::condition(value, column);
    }
    let mut bare = value.clone();
    bare.decor_mut().clear();
    (!values::has_comment(&bare)).then(|| values::render(&bare, column, 0))
}

/// Whether a string is CEL.
fn is_condition(path: &str) -> bool {
    path.ends_with(".when") || path.strip_prefix("macros.").is_some_and(|name| !name.contains('.'))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Blanks {
    /// None is left.
    Drop,
    /// Several become one, and those in front vanish.
    Collapse,
}

/// The comments before something, each on its line.
fn comments(raw: Option<&str>, blanks: Blanks) -> String {
    let raw = raw.unwrap_or_default();
    let mut out = String::new();
    let mut blank = false;
    // The last line is what stands before the key itself.
    for line in raw.split('\n').map(str::trim) {
        if line.is_empty() {
            blank = true;
            continue;
        }
        if blank && !out.is_empty() && blanks == Blanks::Collapse {
            out.push('\n');
        }
        blank = false;
        out.push_str(line);
        out.push('\n');
    }
    // The line feed of a comment's line is no blank line.
    let lines = raw.split('\n').rev().skip(1).take_while(|line| line.trim().is_empty()).count();
    match blanks {
        Blanks::Collapse if lines > 0 => out + "\n",
        _ => out,
    }
}

/// The comment after something, on its line.
fn trailing(decor: &Decor) -> String {
    let comment = text(decor.suffix()).unwrap_or_default().trim();
    if comment.is_empty() { String::new() } else { format!(" {comment}") }
}

fn text(raw: Option<&RawString>) -> Option<&str> {
    raw.and_then(RawString::as_str)
}
