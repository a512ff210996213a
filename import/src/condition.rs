//! Conditions on their way: in negation normal form, so that what cannot be asked here can be left out safely.
//!
//! Above an atom stand only `&&` and `||`, and neither ever becomes true because a part is not known. A part that no host
//! can answer is therefore the constant `false`, wherever it stood: it never makes a rule fire, also not through `!`.

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    Constant(bool),
    /// One question in our CEL, which binds tighter than `&&`.
    Ask(String),
    All(Vec<Self>),
    Any(Vec<Self>),
}

impl Condition {
    pub(crate) fn ask(text: impl Into<String>) -> Self {
        Self::Ask(text.into())
    }

    /// All of these, without what says nothing.
    pub(crate) fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Self::Constant(true) => {}
                Self::Constant(false) => return Self::Constant(false),
                Self::All(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        one_or(kept, true, Self::All)
    }

    /// Any of these, without what says nothing.
    pub(crate) fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Self::Constant(false) => {}
                Self::Constant(true) => return Self::Constant(true),
                Self::Any(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        one_or(kept, false, Self::Any)
    }

    /// The condition as CEL.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Constant(value) => value.to_string(),
            Self::Ask(text) => text.clone(),
            Self::All(parts) => joined(parts, " && ", |part| matches!(part, Self::Any(_))),
            Self::Any(parts) => joined(parts, " || ", |part| matches!(part, Self::All(_))),
        }
    }
}

fn one_or(mut parts: Vec<Condition>, empty: bool, many: fn(Vec<Condition>) -> Condition) -> Condition {
    let mut seen = std::collections::BTreeSet::new();
    parts.retain(|part| seen.insert(part.text()));
    match parts.len() {
        0 => Condition::Constant(empty),
        1 => parts.pop().unwrap_or(Condition::Constant(empty)),
        _ => many(parts),
    }
}

fn joined(parts: &[Condition], with: &str, in_parentheses: fn(&Condition) -> bool) -> String {
    let texts = parts.iter().map(|part| if in_parentheses(part) { format!("({})", part.text()) } else { part.text() });
    texts.collect::<Vec<_>>().join(with)
}

/// A string literal of CEL.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A list literal of CEL.
pub(crate) fn listed<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let texts: Vec<String> = texts.into_iter().map(quoted).collect();
    format!("[{}]", texts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_vanishes_and_parentheses_stay() {
        let unknown = Condition::Constant(false);
        let any = Condition::any([Condition::ask("a"), unknown.clone(), Condition::ask("b")]);
        assert_eq!(any.text(), "a || b");
        assert_eq!(Condition::all([any.clone(), Condition::ask("c")]).text(), "(a || b) && c");
        assert_eq!(Condition::all([any, unknown]), Condition::Constant(false));
        assert_eq!(Condition::any([Condition::ask("a"), Condition::ask("a")]).text(), "a");
    }

    #[test]
    fn strings_are_quoted_for_cel() {
        assert_eq!(quoted("a\"b\\c\n"), r#""a\"b\\c\n""#);
    }
}
