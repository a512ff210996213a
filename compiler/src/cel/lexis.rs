//! Strings and comments of a condition, as CEL's lexer takes them.

/// A condition without what stands in its strings and comments; none where a string is not whole, since it is not
/// certain then what the lexer takes for a string.
pub(super) fn without_strings(text: &str) -> Option<String> {
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, from)) = rest.find(['"', '\'', '/']).and_then(|at| rest.split_at_checked(at)) {
        out.push_str(before);
        rest = if from.starts_with("//") {
            from.find('\n').and_then(|end| from.get(end..)).unwrap_or_default()
        } else if let Some(after) = from.strip_prefix('/') {
            out.push('/');
            after
        } else {
            let after = after_string(from, is_raw(&out))?;
            out.push(' ');
            after
        };
    }
    out.push_str(rest);
    Some(out)
}

/// What CEL does not know as an escape, in the string that text begins with: the backslash and what follows it.
pub(super) fn bad_escape(text: &str) -> Option<&str> {
    let quote = text.chars().next()?;
    let mut rest = text.get(1..)?;
    while let Some(c) = rest.chars().next().filter(|c| *c != quote && *c != '\n') {
        let length = match (c, escape(rest)) {
            ('\\', None) => return rest.get(..1 + rest.chars().nth(1).map_or(0, char::len_utf8)),
            ('\\', Some(length)) => length,
            _ => c.len_utf8(),
        };
        rest = rest.get(length..)?;
    }
    None
}

/// Whether the word before a quote makes the string one without escapes.
fn is_raw(before: &str) -> bool {
    let rest = before.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
    before.get(rest.len()..).is_some_and(|word| ["r", "br"].iter().any(|raw| word.eq_ignore_ascii_case(raw)))
}

/// What follows the string that text begins with.
fn after_string(text: &str, raw: bool) -> Option<&str> {
    let is_long = text.starts_with("\"\"\"") || text.starts_with("'''");
    let (quotes, mut rest) = text.split_at_checked(if is_long { 3 } else { 1 })?;
    loop {
        if let Some(after) = rest.strip_prefix(quotes) {
            return Some(after);
        }
        let length = match rest.chars().next()? {
            '\\' if !raw => escape(rest)?,
            '\n' | '\r' if !is_long => return None,
            c => c.len_utf8(),
        };
        rest = rest.get(length..)?;
    }
}

/// How many bytes the escape has that text begins with.
fn escape(text: &str) -> Option<usize> {
    let digits = |count: usize, radix: u32| {
        let digits = text.get(2..2 + count)?;
        digits.chars().all(|c| c.is_digit(radix)).then_some(2 + count)
    };
    match text.strip_prefix('\\')?.chars().next()? {
        'a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | '\\' | '?' | '"' | '\'' | '`' => Some(2),
        'x' | 'X' => digits(2, 16),
        'u' => digits(4, 16),
        'U' => digits(8, 16),
        '0'..='3' => digits(2, 8),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_strings_and_comments_is_left_out() {
        for (text, bare) in [
            ("a in [\"(\", '[']", "a in [ ,  ]"),
            (r#"a == "\"(" && b"#, "a ==   && b"),
            (r#"a.matches(r"\(\d") / 2"#, "a.matches(r ) / 2"),
            ("a // (((\n && b", "a \n && b"),
            ("a == \"\"\"(\n\"(\"\"\" && (b)", "a ==   && (b)"),
            ("\"\" == a // x", "  == a "),
        ] {
            assert_eq!(without_strings(text).as_deref(), Some(bare), "{text}");
        }
    }

    #[test]
    fn where_a_string_is_not_whole_nothing_is_left_out() {
        for text in ["a == \"((", r#"a == "\d((" "#, "a == \"(\n(\"", r#"'("#] {
            assert_eq!(without_strings(text), None, "{text}");
        }
    }

    #[test]
    fn an_escape_that_cel_does_not_know_is_found() {
        assert_eq!(bad_escape(r#""a\n\d+""#), Some(r"\d"));
        assert_eq!(bad_escape(r#""\u12" + "#), Some(r"\u"));
        assert_eq!(bad_escape(r#""\u0012\"" + "\d""#), None);
    }
}
