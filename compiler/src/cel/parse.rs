//! CEL's grammar, by crate `cel`, with limits that keep its recursive parser on the stack.

use super::{Scope, lexis, place::Places};
use crate::{
    context::Context,
    diagnostic::{Code, Diagnostic, Report},
    source::Sources,
};
use cel::{
    IdedExpr,
    parser::{ParseError, Parser},
};

/// The longest condition, in bytes. The parser takes about 10 µs a byte; what is longer belongs into a list.
pub(crate) const MAX_BYTES: usize = 8 << 10;

/// The deepest nesting of parentheses, brackets and braces. 48 fit 64 MiB of stack with room for twice as many.
pub(crate) const MAX_NESTING: usize = 32;

/// The stack on which conditions are parsed and lowered; pages that are not touched cost nothing.
const STACK_BYTES: usize = 64 << 20;

/// Does work that parses conditions: the parser is recursive, and a thread of its own makes its stack the same everywhere.
///
/// # Errors
/// What the work reports, or that no thread could be started.
pub(crate) fn with_stack<T: Send>(work: impl FnOnce() -> Result<T, Report> + Send) -> Result<T, Report> {
    std::thread::scope(|scope| match std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work) {
        Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
        Err(error) => {
            let message = format!("cannot start a thread: {error}");
            Err(Report::new(vec![Diagnostic::nowhere(Code::Unreadable, message)], Sources::default()))
        }
    })
}

pub(super) fn parse(cx: &mut Context<'_>, scope: Scope<'_>) -> Option<(IdedExpr, Places)> {
    let text = &scope.when.value;
    let complaint = if text.len() > MAX_BYTES {
        Some((format!("the condition has {} bytes, and {MAX_BYTES} is the most", text.len()), "long"))
    } else if nesting(text) > MAX_NESTING {
        Some((format!("the condition nests deeper than {MAX_NESTING}"), "deep"))
    } else {
        None
    };
    if let Some((message, how)) = complaint {
        let help = "put values into a list, or make several rules of it";
        cx.report(
            Diagnostic::new(Code::TooComplex, scope.when.span.clone(), message).label(format!("too {how}")).help(help),
        );
        return None;
    }
    match Parser::new().parse_with_source_info(text) {
        Ok((expr, info)) => Some((expr, Places::new(scope, info))),
        Err(errors) => {
            let places = Places::new(scope, cel::common::ast::SourceInfo::default());
            // A parser that lost its way complains again and again; only its first complaint is sure.
            for error in errors.errors.iter().take(1) {
                cx.report(explain(error, scope, &places));
            }
            None
        }
    }
}

/// Whether a condition is short and flat enough to be parsed.
pub(crate) fn is_within_limits(text: &str) -> bool {
    text.len() <= MAX_BYTES && nesting(text) <= MAX_NESTING
}

/// Whether two conditions, both within the limits, parse to the same.
pub(crate) fn reads_alike(one: &str, other: &str) -> bool {
    match (Parser::new().parse(one), Parser::new().parse(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// How deep brackets nest; those in strings and comments count only where it is not certain that they are in them.
fn nesting(text: &str) -> usize {
    let bare = lexis::without_strings(text);
    let (mut depth, mut deepest) = (0_usize, 0);
    for byte in bare.as_deref().unwrap_or(text).bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

fn explain(error: &ParseError, scope: Scope<'_>, places: &Places) -> Diagnostic {
    let text = &scope.when.value;
    let at = offset_of(text, error.pos);
    let rest = text.get(at..).unwrap_or_default();
    if let Some(escape) = lexis::bad_escape(rest).filter(|_| rest.starts_with(['"', '\''])) {
        let help =
            format!("a backslash is written twice, as in `\\{escape}`, or once in a raw string, `r\"{escape}\"`");
        let from = at + rest.find(escape).unwrap_or_default();
        return Diagnostic::new(
            Code::CelSyntax,
            places.span(from, from + escape.len()),
            format!("`{escape}` is no escape"),
        )
        .help(help);
    }
    let (message, help) = if text.trim().is_empty() {
        ("the condition is empty".to_owned(), Some("write what shall hold, or `true`"))
    } else if error.msg.contains("has() macro") {
        let help = "write `\"name\" in request.headers`, or `x.known`";
        ("`has` wants a field with a dot".to_owned(), Some(help))
    } else if rest.starts_with(".in(") || rest.starts_with("in(") {
        ("`in` is an operator in CEL, not a method".to_owned(), Some("write `x in lists.name`"))
    } else if error.msg.contains("input '<EOF>'") || rest.trim().is_empty() {
        ("the condition ends too early".to_owned(), None)
    } else if rest.starts_with(['"', '\'']) && error.msg.contains("token recognition") {
        ("a string has no end".to_owned(), Some("close it with the quote that it begins with"))
    } else if rest.starts_with('=') && !rest.starts_with("==") {
        ("`=` is no operator of CEL".to_owned(), Some("compare with `==`"))
    } else if rest.starts_with('&') || rest.starts_with('|') {
        ("a single `&` or `|` is no operator of CEL".to_owned(), Some("write `&&` for and, `||` for or"))
    } else if rest.starts_with("and ") || rest.starts_with("or ") || rest.starts_with("not ") {
        ("CEL writes logic with signs".to_owned(), Some("write `&&` for and, `||` for or, `!` for not"))
    } else {
        (format!("not CEL: {}", plain(&error.msg)), None)
    };
    let end = at + rest.chars().next().map_or(0, char::len_utf8);
    Diagnostic::new(Code::CelSyntax, places.span(at, end), message).maybe_help(help.map(str::to_owned))
}

/// The parser's words without the list of everything that it would have taken instead.
fn plain(message: &str) -> String {
    let message = message.trim_start_matches("Syntax error: ");
    let message = message.split(" expecting ").next().unwrap_or(message);
    if message.contains("(") && message.len() > 80 { "it cannot be parsed here".into() } else { message.into() }
}

/// The byte at a line and column, both from 1, the column in characters.
fn offset_of(text: &str, (line, column): (isize, isize)) -> usize {
    let (line, column) = (usize::try_from(line).unwrap_or(1), usize::try_from(column).unwrap_or(1));
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let rest = text.get(start..).unwrap_or_default();
    start + rest.char_indices().nth(column.saturating_sub(1)).map_or(rest.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_strings_are_no_nesting() {
        let text = format!("request.query.containsAny([{}])", vec!["\"f(\""; 40].join(", "));
        assert_eq!(nesting(&text), 2);
        assert!(nesting(&"(".repeat(40)) > MAX_NESTING);
        assert!(nesting(&format!("\"\\d{}", "(".repeat(40))) > MAX_NESTING, "no string, so they nest");
    }
}
