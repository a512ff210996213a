//! The layout of a condition: one space around operators, and lines broken where `||` and `&&` join their parts.
//!
//! Only white space changes, and only when the parser reads the result as it read the original.

use crate::cel::{is_within_limits, reads_alike};

/// The width that lines are kept to, where they can be.
pub(super) const WIDTH: usize = 120;

const INDENT: usize = 4;

/// A condition laid out: on one line, or on several when `broken` or when it is wider than `room`. `None` when it is to
/// stay as it is: it is no CEL, or has comments or strings over several lines.
pub(super) fn layout(condition: &str, broken: bool, room: usize) -> Option<String> {
    if !is_within_limits(condition) {
        return None;
    }
    let nodes = nodes(tokens(condition)?)?;
    let flat = flat(&nodes);
    let laid = if !broken && flat.chars().count() <= room {
        flat
    } else {
        let mut out = String::new();
        lay(&nodes, 0, 0, broken, &mut out);
        out
    };
    reads_alike(condition, &laid).then_some(laid)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A name, a number, a string.
    Atom,
    /// An operator between two parts.
    Infix,
    /// An operator before one part.
    Prefix,
    Dot,
    Comma,
    Open,
    Close,
}

#[derive(Clone, Copy, Debug)]
struct Token<'a> {
    kind: Kind,
    text: &'a str,
}

#[derive(Clone, Debug)]
enum Node<'a> {
    Token(Token<'a>),
    Group(&'a str, Vec<Self>, &'a str),
}

/// The tokens of a condition; none when it has what cannot be moved.
fn tokens(condition: &str) -> Option<Vec<Token<'_>>> {
    let mut tokens: Vec<Token<'_>> = Vec::new();
    let mut rest = condition.trim_start();
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("//") {
            return None;
        }
        let before = tokens.last().map(|token| token.kind);
        let operand = matches!(before, Some(Kind::Atom | Kind::Close));
        let (kind, length) = match first {
            '(' | '[' | '{' => (Kind::Open, 1),
            ')' | ']' | '}' => (Kind::Close, 1),
            ',' => (Kind::Comma, 1),
            '.' => (Kind::Dot, 1),
            '"' | '\'' => (Kind::Atom, string(rest)?),
            c if c.is_ascii_alphanumeric() || c == '_' => word(rest)?,
            _ => (if operand { Kind::Infix } else { Kind::Prefix }, operator(rest)?),
        };
        tokens.push(Token { kind, text: rest.get(..length)? });
        rest = rest.get(length..)?.trim_start();
    }
    Some(tokens)
}

/// A name, a number with its fraction, or a string with its `r` or `b`.
fn word(rest: &str) -> Option<(Kind, usize)> {
    let name = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
    let after = rest.get(name..)?;
    if rest.starts_with(|c: char| c.is_ascii_digit()) {
        let fraction = after.strip_prefix('.').map_or(0, |digits| {
            let length = digits.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(digits.len());
            if digits.starts_with(|c: char| c.is_ascii_digit()) { length + 1 } else { 0 }
        });
        return Some((Kind::Atom, name + fraction));
    }
    let word = rest.get(..name)?;
    if after.starts_with(['"', '\'']) && word.chars().all(|c| "rRbB".contains(c)) {
        // In a raw string a backslash escapes nothing; what that changes is not worth knowing here.
        return (!after.contains('\\')).then_some((Kind::Atom, name + string(after)?));
    }
    Some((if word == "in" { Kind::Infix } else { Kind::Atom }, name))
}

/// How long a string is, quotes included; none when it spans lines or has no end.
fn string(rest: &str) -> Option<usize> {
    let quote = rest.chars().next()?;
    let mut escaped = false;
    if rest.starts_with("\"\"\"") || rest.starts_with("'''") {
        return None;
    }
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '\n' | '\r' => return None,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

fn operator(rest: &str) -> Option<usize> {
    const LONG: &[&str] = &["&&", "||", "==", "!=", "<=", ">="];
    if LONG.iter().any(|operator| rest.starts_with(operator)) {
        return Some(2);
    }
    rest.starts_with(['!', '<', '>', '+', '-', '*', '/', '%', '?', ':']).then_some(1)
}

fn nodes(tokens: Vec<Token<'_>>) -> Option<Vec<Node<'_>>> {
    let mut open: Vec<(&str, Vec<Node<'_>>)> = Vec::new();
    let mut here = Vec::new();
    for token in tokens {
        match token.kind {
            Kind::Open => open.push((token.text, std::mem::take(&mut here))),
            Kind::Close => {
                let (opening, above) = open.pop()?;
                let inner = std::mem::replace(&mut here, above);
                here.push(Node::Group(opening, inner, token.text));
            }
            _ => here.push(Node::Token(token)),
        }
    }
    open.is_empty().then_some(here)
}

/// Everything on one line.
fn flat(nodes: &[Node<'_>]) -> String {
    let mut out = String::new();
    let mut before: Option<Kind> = None;
    for node in nodes {
        let (kind, text) = match node {
            Node::Token(token) => (token.kind, token.text.to_owned()),
            Node::Group(open, inner, close) => (Kind::Open, format!("{open}{}{close}", flat(inner))),
        };
        let joined = matches!(
            (before, kind),
            (None | Some(Kind::Dot | Kind::Prefix), _)
                | (_, Kind::Dot | Kind::Comma)
                | (Some(Kind::Atom | Kind::Open), Kind::Open)
        );
        if !joined {
            out.push(' ');
        }
        out.push_str(&text);
        before = Some(kind);
    }
    out
}

/// On several lines, from column `indent + used`.
fn lay(nodes: &[Node<'_>], indent: usize, used: usize, broken: bool, out: &mut String) {
    let line = flat(nodes);
    if !broken && indent + used + line.chars().count() <= WIDTH {
        out.push_str(&line);
        return;
    }
    for operators in [&["?", ":"][..], &["||"], &["&&"]] {
        if nodes.iter().any(|node| is_any(node, operators)) {
            split(nodes, operators, indent, out);
            return;
        }
    }
    if indent + used + line.chars().count() <= WIDTH {
        out.push_str(&line);
        return;
    }
    open_largest(nodes, indent, out);
}

fn is_any(node: &Node<'_>, operators: &[&str]) -> bool {
    matches!(node, Node::Token(token) if token.kind == Kind::Infix && operators.contains(&token.text))
}

/// A line for each part, its operator in front.
fn split(nodes: &[Node<'_>], operators: &[&str], indent: usize, out: &mut String) {
    let mut from = 0;
    while from <= nodes.len() {
        let rest = nodes.get(from..).unwrap_or_default();
        let length = rest.iter().position(|node| is_any(node, operators)).unwrap_or(rest.len());
        let part = rest.get(..length).unwrap_or_default();
        let operator = from.checked_sub(1).and_then(|at| nodes.get(at));
        match operator {
            Some(Node::Token(operator)) => {
                newline(indent, out);
                out.push_str(operator.text);
                out.push(' ');
                lay(part, indent + INDENT, 0, false, out);
            }
            _ => lay(part, indent, 0, false, out),
        }
        from += length + 1;
    }
}

/// The largest group of a part on lines of its own.
fn open_largest(nodes: &[Node<'_>], indent: usize, out: &mut String) {
    let size = |node: &Node<'_>| match node {
        Node::Group(_, inner, _) if !inner.is_empty() => flat(inner).len(),
        _ => 0,
    };
    let largest = (0..nodes.len()).max_by_key(|&at| nodes.get(at).map_or(0, size));
    let Some((at, Node::Group(open, inner, close))) = largest.and_then(|at| Some((at, nodes.get(at)?))) else {
        out.push_str(&flat(nodes));
        return;
    };
    // The brackets alone show whether a space belongs before and after them.
    let mut skeleton: Vec<Node<'_>> = nodes.to_vec();
    if let Some(group) = skeleton.get_mut(at) {
        *group = Node::Group(open, Vec::new(), close);
    }
    let before = flat(skeleton.get(..=at).unwrap_or_default());
    let after = flat(&skeleton).get(before.len()..).unwrap_or_default().to_owned();
    out.push_str(before.strip_suffix(close).unwrap_or(&before));
    let inside = indent + INDENT;
    newline(inside, out);
    if inner.iter().any(|node| matches!(node, Node::Token(token) if token.kind == Kind::Comma)) {
        fill(inner, inside, out);
    } else {
        lay(inner, inside, 0, false, out);
    }
    newline(indent, out);
    out.push_str(close);
    out.push_str(&after);
}

/// As many items on a line as fit.
fn fill(nodes: &[Node<'_>], indent: usize, out: &mut String) {
    let mut column = indent;
    let items = nodes.split(|node| matches!(node, Node::Token(token) if token.kind == Kind::Comma));
    for (place, item) in items.enumerate() {
        let text = flat(item);
        let width = text.chars().count();
        if place > 0 {
            out.push(',');
            if column + 3 + width > WIDTH {
                newline(indent, out);
                column = indent;
            } else {
                out.push(' ');
                column += 2;
            }
        }
        out.push_str(&text);
        column += width;
    }
}

fn newline(indent: usize, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_have_one_space_and_calls_none() {
        for (written, laid) in [
            ("a&&b||! c", "a && b || !c"),
            ("x.y ( \"a && b\" , [ 1,-2 ] )", "x.y(\"a && b\", [1, -2])"),
            ("a in[ 'x' ]?b:c", "a in ['x'] ? b : c"),
            ("request.headers [ \"a\" ]!=1.5", "request.headers[\"a\"] != 1.5"),
            ("( a||b )&&!( c )", "(a || b) && !(c)"),
            ("  a ==\n  b", "a == b"),
        ] {
            assert_eq!(layout(written, false, 100).as_deref(), Some(laid), "{written}");
        }
    }

    #[test]
    fn long_conditions_are_broken_at_their_operators() {
        let words = ["\"abcdefgh\""; 20].join(",");
        let long = format!("a && (request.path == \"/login\"||b) && x in [{words}]");
        let laid = layout(&long, false, 60).unwrap();
        let lines: Vec<&str> = laid.lines().collect();
        assert_eq!(lines[..3], ["a", "&& (request.path == \"/login\" || b)", "&& x in ["]);
        assert_eq!(lines.last(), Some(&"    ]"));
        assert!(
            lines[3].starts_with("        \"abcdefgh\", ") && lines.iter().all(|line| line.len() <= WIDTH),
            "{laid}"
        );
        assert_eq!(layout(&laid, true, 60).as_deref(), Some(laid.as_str()));
    }

    #[test]
    fn what_cannot_be_moved_stays() {
        for written in ["a // b\n&& c", "a ==", "\"a\nb\" == c", "x == \"\"\"a\"\"\"", "a && b)", "#"] {
            assert_eq!(layout(written, false, 100), None, "{written}");
        }
    }
}
