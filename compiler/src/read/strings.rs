//! Where each byte of a TOML string's value stands in the file, so that a mistake inside a condition is underlined there.

/// For each byte of the value its offset in `raw`, the string as written with its quotes, and one more for its end.
pub(crate) fn offsets(raw: &str) -> Vec<usize> {
    let multi_line = raw.starts_with("\"\"\"") || raw.starts_with("'''");
    let quotes = if multi_line { 3 } else { 1 };
    let end = raw.len().saturating_sub(quotes);
    let mut at = quotes;
    if multi_line {
        let rest = raw.get(at..).unwrap_or_default();
        at += if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with('\n')) };
    }
    let mut out = Vec::with_capacity(raw.len());
    let escapes = raw.starts_with('"');
    while at < end {
        let rest = raw.get(at..end).unwrap_or_default();
        let (written, value) = match rest.strip_prefix('\\').filter(|_| escapes) {
            Some(escape) => escaped(escape),
            None => rest.chars().next().map_or((1, 1), |c| (c.len_utf8(), c.len_utf8())),
        };
        // The bytes of a character follow one another; those of an escape all stand where it begins.
        out.extend((0..value).map(|byte| if written == value { at + byte } else { at }));
        at += written;
    }
    out.push(end);
    out
}

/// How many bytes an escape takes, its backslash included, and how many its value has.
fn escaped(escape: &str) -> (usize, usize) {
    let hex = |digits: usize| {
        let code = escape.get(1..=digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        (digits + 2, code.and_then(char::from_u32).map_or(1, char::len_utf8))
    };
    match escape.chars().next() {
        Some('x') => hex(2),
        Some('u') => hex(4),
        Some('U') => hex(8),
        Some(c) if c.is_ascii_whitespace() => {
            // A backslash at the end of a line swallows all white space up to the next character.
            (1 + escape.len() - escape.trim_ascii_start().len(), 0)
        }
        _ => (2, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each byte's place must hold that byte, or the backslash of its escape.
    fn check(raw: &str) {
        let document = format!("x = {raw}");
        let table: toml::Table = toml::from_str(&document).unwrap();
        let value = table["x"].as_str().unwrap();
        let offsets = offsets(raw);
        assert_eq!(offsets.len(), value.len() + 1, "{raw}");
        for (byte, &at) in value.bytes().zip(&offsets) {
            assert!(raw.as_bytes()[at] == byte || raw.as_bytes()[at] == b'\\', "{raw} at {at}");
        }
    }

    #[test]
    fn finds_every_byte_of_every_kind_of_string() {
        for raw in [
            r#""a == 'b'""#,
            r"'a == \d'",
            r#""a \"b\" \u00e9 \U0001F600 \t é 😀""#,
            "'''\na\n  b'''",
            "'''a'b'''",
            "\"\"\"\na \\\n    b \\\" c\"\"\"",
            "\"\"",
            "''",
        ] {
            check(raw);
        }
    }
}
