//! Questions in CEL again, for explanations.

use super::expr::{Condition, FieldKey, Literal, Question, Test};
use outwork_engine::rules::wire::{List, Source};
use std::fmt;

/// What an element of a list is called.
const ELEMENT: &str = "e";

/// The most values that a description repeats.
const SHOWN: usize = 3;

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = &self.field;
        match &self.test {
            Test::Known => write!(f, "{field}.known"),
            Test::Absent => write!(f, "{field}.absent"),
            Test::Unavailable => write!(f, "{field}.unavailable"),
            Test::Present => write!(f, "has({field})"),
            Test::IsTrue => write!(f, "{field}"),
            Test::Equals(number) => write!(f, "{field} == {number}"),
            Test::Less(number) => write!(f, "{field} < {number}"),
            Test::InNumbers(numbers) => write!(f, "{field} in [{}]", some(numbers.iter())),
            Test::Literals(literals) => write_literals(f, field, literals.iter()),
            Test::InStrings(list) | Test::InRanges(list) => write!(f, "{field} in lists.{}", list.name),
            Test::Matches(pattern) => write!(f, "{field}.matches({:?})", pattern.text),
            Test::SizeEquals(size) => write!(f, "size({field}) == {size}"),
            Test::SizeLess(size) => write!(f, "size({field}) < {size}"),
            Test::InNetworks(networks) => {
                write!(
                    f,
                    "{field} in [{}]",
                    some(networks.iter().map(|(address, prefix)| format!("{address}/{prefix}")))
                )
            }
            Test::Before(text) => write!(f, "{field} < {text:?}"),
            Test::Exists(inner) => write!(f, "{field}.exists({ELEMENT}, {inner})"),
            Test::StartsWith(other) => write!(f, "{field}.startsWith({other})"),
            Test::EndsWith(other) => write!(f, "{field}.endsWith({other})"),
            Test::Contains(other) => write!(f, "{field}.contains({other})"),
            Test::SameAs(other) => write!(f, "{field} == {other}"),
            Test::LessThan(other) => write!(f, "{field} < {other}"),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(value) => write!(f, "{value}"),
            Self::Ask(question) => write!(f, "{question}"),
            Self::Not(inner) => write!(f, "!({inner})"),
            Self::All(parts) => write_joined(f, parts, " && "),
            Self::Any(parts) => write_joined(f, parts, " || "),
        }
    }
}

fn write_joined(f: &mut fmt::Formatter<'_>, parts: &[Condition], by: &str) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        let open = matches!(part, Condition::All(_) | Condition::Any(_));
        f.write_str(if at > 0 { by } else { "" })?;
        if open { write!(f, "({part})") } else { write!(f, "{part}") }?;
    }
    Ok(())
}

impl fmt::Display for FieldKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Source::Signal(name) => f.write_str(name),
            Source::Header(name) => write!(f, "request.headers[{name:?}]"),
            Source::Cookie(name) => write!(f, "request.cookies[{name:?}]"),
            Source::Param(name) => write!(f, "request.params[{name:?}]"),
            Source::Many(List::HeaderNames) => f.write_str("request.header_names"),
            Source::Many(List::HeaderValues(name)) => write!(f, "request.header_values[{name:?}]"),
            Source::Many(List::CookieNames) => f.write_str("request.cookie_names"),
            Source::Many(List::ParamNames) => f.write_str("request.param_names"),
            Source::Element(_) => f.write_str(ELEMENT),
        }?;
        f.write_str(if self.lower { ".lowerAscii()" } else { "" })
    }
}

fn write_literals<'a>(
    f: &mut fmt::Formatter<'_>,
    field: &FieldKey,
    mut literals: impl ExactSizeIterator<Item = &'a Literal> + Clone,
) -> fmt::Result {
    let texts = some(literals.clone().map(|literal| format!("{:?}", literal.text)));
    let many = literals.len() != 1;
    match literals.next().map(|literal| (literal.from_start, literal.to_end)) {
        None => write!(f, "{field} in []"),
        Some((true, true)) if many => write!(f, "{field} in [{texts}]"),
        Some((true, true)) => write!(f, "{field} == {texts}"),
        Some((from_start, to_end)) => {
            let method = if from_start {
                "startsWith"
            } else if to_end {
                "endsWith"
            } else {
                "contains"
            };
            if many { write!(f, "{field}.{method}Any([{texts}])") } else { write!(f, "{field}.{method}({texts})") }
        }
    }
}

fn some(values: impl ExactSizeIterator<Item = impl fmt::Display>) -> String {
    let more = values.len().saturating_sub(SHOWN);
    let mut shown: Vec<String> = values.take(SHOWN).map(|value| value.to_string()).collect();
    if more > 0 {
        shown.push(format!("… {more} more"));
    }
    shown.join(", ")
}
