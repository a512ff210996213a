//! Functions and methods.

use super::{
    check::Checker,
    expr::{Condition, FieldKey, Literal, Test},
    fields::Operand,
};
use crate::{
    diagnostic::{Code, Diagnostic, did_you_mean},
    lists::Contents,
    lower::pattern::Pattern,
};
use cel::{
    IdedExpr,
    common::ast::{CallExpr, operators},
};
use outwork_engine::signals::Kind;

const TEXT_METHODS: &[&str] = &[
    "contains",
    "containsAny",
    "endsWith",
    "endsWithAny",
    "lowerAscii",
    "matches",
    "size",
    "startsWith",
    "startsWithAny",
];

impl Checker<'_, '_> {
    /// A method whose answer is true or false.
    pub(super) fn method(&mut self, expr: &IdedExpr, call: &CallExpr) -> Option<Condition> {
        let (from_start, to_end) = match call.func_name.as_str() {
            "startsWith" | "startsWithAny" => (true, false),
            "endsWith" | "endsWithAny" => (false, true),
            "contains" | "containsAny" => (false, false),
            "matches" => return self.matches(expr, call),
            _ => {
                let operand = self.value_call(expr, call)?;
                return self.truth(expr, operand);
            }
        };
        let (field, arg) = self.text_and_argument(expr, call)?;
        let any = call.func_name.ends_with("Any");
        let texts = match (self.operand(arg)?, any) {
            (Operand::Text(text), false) => vec![(text, arg)],
            (Operand::Written(items), true) => self.strings(&items, arg)?,
            (Operand::List(place), true) => match self.scope.lists.contents(place)? {
                Contents::Strings(strings) => strings.iter().map(|text| (text.clone(), arg)).collect(),
                Contents::Networks(_) | Contents::Numbers(_) => {
                    return self.mismatch(arg, format!("`{}` wants a list of strings", call.func_name));
                }
            },
            (other, true) => {
                let message =
                    format!("`{}` wants a list of strings, and this is {}", call.func_name, self.name_of(&other));
                return self.mismatch(arg, message);
            }
            (Operand::List(_) | Operand::Written(_), false) => {
                let message = format!("`{}` wants one string", call.func_name);
                let help = format!("write `{}Any`", call.func_name);
                self.cx.report(Diagnostic::new(Code::TypeMismatch, self.places.of(arg), message).help(help));
                return None;
            }
            (other, false) => {
                let message = format!("`{}` wants a string, and this is {}", call.func_name, self.name_of(&other));
                return self.mismatch(arg, message);
            }
        };
        for (text, place) in &texts {
            self.can_be(place, &field, text)?;
        }
        let literals = texts.into_iter().map(|(text, _)| Literal { from_start, to_end, text }).collect();
        Some(Condition::ask(field, Test::Literals(literals)))
    }

    fn strings<'e>(&mut self, items: &[(Operand, IdedExpr)], arg: &'e IdedExpr) -> Option<Vec<(String, &'e IdedExpr)>> {
        let mut texts = Vec::new();
        for (operand, item) in items {
            match operand {
                Operand::Text(text) => texts.push((text.clone(), arg)),
                other => {
                    let message = format!("this is {}, where a string belongs", self.name_of(other));
                    return self.mismatch(item, message);
                }
            }
        }
        Some(texts)
    }

    /// A function or method whose answer is a value.
    pub(super) fn value_call(&mut self, expr: &IdedExpr, call: &CallExpr) -> Option<Operand> {
        match (call.func_name.as_str(), &call.target, call.args.as_slice()) {
            ("size", Some(inner), []) => self.size(expr, inner),
            ("size", None, [inner]) => self.size(expr, inner),
            ("lowerAscii", Some(inner), []) => match self.operand(inner)? {
                Operand::Field(field, Kind::Text) => {
                    Some(Operand::Field(FieldKey { lower: true, ..field }, Kind::Text))
                }
                other => {
                    self.mismatch(inner, format!("`lowerAscii` is for text, and this is {}", self.name_of(&other)))
                }
            },
            (
                operators::ADD | operators::SUBSTRACT | operators::MULTIPLY | operators::DIVIDE | operators::MODULO,
                ..,
            ) => self.unsupported(expr, "arithmetic", "compare a field with a value that is already worked out"),
            (operators::NEGATE, ..) => self.unsupported(expr, "arithmetic", "compare with a negative number"),
            (
                operators::EQUALS
                | operators::NOT_EQUALS
                | operators::LESS
                | operators::LESS_EQUALS
                | operators::GREATER
                | operators::GREATER_EQUALS
                | operators::LOGICAL_AND
                | operators::LOGICAL_OR
                | operators::LOGICAL_NOT
                | operators::CONDITIONAL
                | operators::IN,
                ..,
            ) => self.unsupported(expr, "comparisons of conditions", "combine conditions with `&&`, `||` and `!`"),
            (name, ..) if TEXT_METHODS.contains(&name) => {
                let message = format!("`{name}` is not used like this");
                let help = match name {
                    "size" => "write `size(x)`",
                    "lowerAscii" => "write `x.lowerAscii()`",
                    _ => "it is a method of text and says true or false: `x.contains(\"…\")`",
                };
                self.cx.report(Diagnostic::new(Code::TypeMismatch, self.places.of(expr), message).help(help));
                None
            }
            (name, ..) => self.unknown_function(expr, name),
        }
    }

    fn unknown_function(&mut self, expr: &IdedExpr, name: &str) -> Option<Operand> {
        let help = match name {
            "lower" | "toLower" | "lowercase" => "write `x.lowerAscii()`".into(),
            "int" | "uint" | "double" | "string" | "bytes" | "type" | "dyn" => {
                "values are not converted: compare as they are".into()
            }
            "cidr" | "ip" | "inIpRange" => "write `x in [\"203.0.113.0/24\"]`, or `x in lists.name`".into(),
            "known" | "absent" | "unavailable" => format!("write `x.{name}`, without parentheses"),
            _ => match did_you_mean(name, TEXT_METHODS.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the functions are {}", crate::read::listed(TEXT_METHODS)),
            },
        };
        let message = format!("there is no function `{name}`");
        self.cx.report(Diagnostic::new(Code::Unsupported, self.places.of(expr), message).help(help));
        None
    }

    fn size(&mut self, expr: &IdedExpr, inner: &IdedExpr) -> Option<Operand> {
        match self.operand(inner)? {
            Operand::Field(field, Kind::Text) => Some(Operand::Size(FieldKey { lower: false, ..field })),
            other => self.mismatch(expr, format!("only text has a size, and this is {}", self.name_of(&other))),
        }
    }

    fn matches(&mut self, expr: &IdedExpr, call: &CallExpr) -> Option<Condition> {
        let (field, arg) = self.text_and_argument(expr, call)?;
        let Operand::Text(text) = self.operand(arg)? else {
            return self.mismatch(arg, "a regular expression must be written out as a string");
        };
        match self.cx.patterns.plan(&text, field.lower, self.places.of(arg)) {
            Ok(plan) => {
                let pattern = Pattern { text, plan };
                pattern.warning(self.places.of(arg)).into_iter().for_each(|warning| self.cx.report(warning));
                Some(Condition::ask(field, Test::Matches(pattern)))
            }
            Err(wrong) => {
                wrong.into_iter().for_each(|wrong| self.cx.report(*wrong));
                None
            }
        }
    }

    /// The text that a method is called on, and its one argument.
    fn text_and_argument<'e>(&mut self, expr: &IdedExpr, call: &'e CallExpr) -> Option<(FieldKey, &'e IdedExpr)> {
        let name = &call.func_name;
        let (target, arg) = match (&call.target, call.args.as_slice()) {
            (Some(target), [arg]) => (&**target, arg),
            (None, [target, arg]) => (target, arg),
            _ => return self.mismatch(expr, format!("`{name}` is called on text, with one argument")),
        };
        match self.operand(target)? {
            Operand::Field(field, Kind::Text) => Some((field, arg)),
            other => self.mismatch(target, format!("`{name}` is for text, and this is {}", self.name_of(&other))),
        }
    }
}
