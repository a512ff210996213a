//! What Anubis's expressions call things, and what these are here.

use crate::condition::{Condition, quoted};

/// A text of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    /// Its name in our conditions.
    pub(super) here: String,
    /// What Anubis reads where a client sent nothing.
    pub(super) missing: Missing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// It is always sent.
    Never,
    /// An empty text.
    Empty,
    /// An error, which is what `unknown` is here.
    Error,
}

impl Field {
    pub(super) fn user_agent() -> Self {
        Self::header("user-agent", Missing::Empty)
    }

    pub(super) fn header(name: &str, missing: Missing) -> Self {
        Self { here: format!("request.headers[{}]", quoted(&name.to_ascii_lowercase())), missing }
    }

    pub(super) fn parameter(name: &str) -> Self {
        Self { here: format!("request.params[{}]", quoted(name)), missing: Missing::Error }
    }

    pub(super) fn always(here: &str) -> Self {
        Self { here: here.to_owned(), missing: Missing::Never }
    }

    /// The condition that a question about this field holds, or does not. `of_empty` is its answer for an empty text.
    pub(super) fn holds(&self, question: Condition, of_empty: bool, wanted: bool) -> Condition {
        let answered = if wanted { question } else { not(&question) };
        if self.missing == Missing::Empty && of_empty == wanted {
            Condition::any([Condition::ask(format!("!{}.known", self.here)), answered])
        } else {
            answered
        }
    }
}

/// A condition, denied.
fn not(condition: &Condition) -> Condition {
    match condition {
        Condition::Constant(value) => Condition::Constant(!value),
        Condition::All(parts) => Condition::any(parts.iter().map(not)),
        Condition::Any(parts) => Condition::all(parts.iter().map(not)),
        Condition::Ask(text) => Condition::ask(match text.split_once(" == ") {
            Some((field, value)) if !field.contains(['(', '"']) || field.ends_with("\"]") => {
                format!("{field} != {value}")
            }
            _ if text.contains(" in ") && !text.ends_with(')') => format!("!({text})"),
            _ => format!("!{text}"),
        }),
    }
}

/// A header's name as Go writes it: without that, Anubis finds none.
pub(super) fn canonical(name: &str) -> String {
    let mut upper = true;
    name.chars()
        .map(|c| {
            let written = if upper { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
            upper = c == '-';
            written
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_text_is_read_where_nothing_was_sent() {
        let agent = Field::user_agent();
        let question = || Condition::ask(format!("{}.contains(\"x\")", agent.here));
        assert_eq!(agent.holds(question(), false, true).text(), r#"request.headers["user-agent"].contains("x")"#);
        assert_eq!(
            agent.holds(question(), false, false).text(),
            r#"!request.headers["user-agent"].known || !request.headers["user-agent"].contains("x")"#
        );
    }

    #[test]
    fn questions_are_denied_as_people_write_it() {
        for (question, denied) in [
            (r#"request.path == "/""#, r#"request.path != "/""#),
            (r#"request.headers["x"] == "a in b""#, r#"request.headers["x"] != "a in b""#),
            (r#"request.path in ["/"]"#, r#"!(request.path in ["/"])"#),
            (r#"request.path.contains(" == ")"#, r#"!request.path.contains(" == ")"#),
        ] {
            assert_eq!(not(&Condition::ask(question)).text(), denied);
        }
    }

    #[test]
    fn header_names_are_written_as_go_writes_them() {
        assert_eq!(canonical("sec-CH-ua"), "Sec-Ch-Ua");
    }
}
