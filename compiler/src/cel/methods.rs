//! Functions and methods.

use super::{
    check::Checker,
    expr::{Condition, FieldKey, Literal, Test},
    fields::map_of,
    operand::Operand,
};
use crate::{
    diagnostic::{Code, Diagnostic, did_you_mean},
    lists::Contents,
    lower::pattern::Pattern,
    source::Span,
};
use cel::{
    IdedExpr,
    common::ast::{CallExpr, operators},
};
use outwork_engine::{rules::wire::Source, signals::Kind};
use std::collections::BTreeSet;

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

/// Where in the text a literal must stand: at its start, at its end.
type Anchors = (bool, bool);

impl Checker<'_, '_> {
    /// What a function or method gives.
    pub(super) fn method(&mut self, expr: &IdedExpr, call: &CallExpr) -> Option<Operand> {
        let condition = match call.func_name.as_str() {
            "startsWith" | "startsWithAny" => self.search(expr, call, (true, false)),
            "endsWith" | "endsWithAny" => self.search(expr, call, (false, true)),
            "contains" | "containsAny" => self.search(expr, call, (false, false)),
            "matches" => self.matches(expr, call),
            _ => return self.value_call(expr, call),
        };
        condition.map(Operand::Truth)
    }

    fn search(&mut self, expr: &IdedExpr, call: &CallExpr, anchors: Anchors) -> Option<Condition> {
        let (target, arg) = self.text_and_argument(expr, call)?;
        let (text, wanted) = (self.operand(target), self.operand(arg));
        let name = call.func_name.as_str();
        self.both(expr, text?, wanted?, &mut |checker, text, wanted| match text {
            Operand::Field(field, Kind::Text) => checker.search_field(expr, (name, anchors), field, (arg, wanted)),
            Operand::Text(text) if wanted.is_written() && checker.folding > 0 => {
                let wanted = checker.texts(arg, name, wanted)?;
                checker.step(expr, wanted.len() / 16)?;
                Some(Condition::Constant(wanted.iter().any(|(wanted, _)| stands_in(&text, wanted, anchors))))
            }
            Operand::Text(_) => {
                checker.mismatch(target, format!("`{name}` is asked of a field, and this is written out"))
            }
            other => checker.mismatch(target, format!("`{name}` is for text, and this is {}", checker.name_of(&other))),
        })
    }

    fn search_field(
        &mut self,
        expr: &IdedExpr,
        (name, (from_start, to_end)): (&str, Anchors),
        field: FieldKey,
        (arg, wanted): (&IdedExpr, Operand),
    ) -> Option<Condition> {
        if let Operand::Field(other, Kind::Text) = &wanted
            && !name.ends_with("Any")
        {
            if field == *other {
                return self.never(expr, "a field is compared with itself", "ask `….known` instead".into());
            }
            self.is_not_of_one_element(expr, &field, other)?;
            let test = match (from_start, to_end) {
                (true, _) => Test::StartsWith(other.clone()),
                (_, true) => Test::EndsWith(other.clone()),
                _ => Test::Contains(other.clone()),
            };
            return Some(Condition::ask(field, test));
        }
        if let (Operand::List(list), true) = (&wanted, name.ends_with("Any"))
            && let Some(Contents::Strings(strings)) = self.scope.lists.contents(*list)
        {
            let listed = self.cx.listed.find(*list, (from_start, to_end), strings);
            if let Some(capital) = &listed.capital {
                self.can_be(&self.places.of(arg), &field, capital)?;
            }
            return Some(Condition::ask(field, Test::Literals(listed.literals)));
        }
        let texts = self.texts(arg, name, wanted)?;
        for (text, place) in &texts {
            self.can_be(place, &field, text)?;
        }
        let literals: BTreeSet<_> = texts.into_iter().map(|(text, _)| Literal { from_start, to_end, text }).collect();
        Some(Condition::ask(field, Test::Literals(literals.into())))
    }

    /// The texts that are looked for, and where each is written.
    fn texts(&mut self, arg: &IdedExpr, name: &str, wanted: Operand) -> Option<Vec<(String, Span)>> {
        let place = self.places.of(arg);
        match (wanted, name.ends_with("Any")) {
            (Operand::Text(text), false) => Some(vec![(text, place)]),
            (Operand::Written(items), true) => self.strings(items),
            (Operand::List(list), true) => match self.scope.lists.contents(list)? {
                Contents::Strings(strings) => Some(strings.iter().map(|text| (text.clone(), place.clone())).collect()),
                Contents::Networks(_) | Contents::Numbers(_) => {
                    self.mismatch(arg, format!("`{name}` wants a list of strings"))
                }
            },
            (other, true) => {
                let message = format!("`{name}` wants a list of strings, and this is {}", self.name_of(&other));
                self.mismatch(arg, message)
            }
            (Operand::List(_) | Operand::Written(_), false) => {
                let message = format!("`{name}` wants one string");
                let help = format!("write `{name}Any`");
                self.cx.report(Diagnostic::new(Code::TypeMismatch, place, message).help(help));
                None
            }
            (other, false) => {
                let message = format!("`{name}` wants a string, and this is {}", self.name_of(&other));
                self.mismatch(arg, message)
            }
        }
    }

    fn strings(&mut self, items: Vec<(Operand, Span)>) -> Option<Vec<(String, Span)>> {
        let mut texts = Vec::new();
        for (operand, place) in items {
            match operand {
                Operand::Text(text) => texts.push((text, place)),
                other => {
                    let message = format!("this is {}, where a string belongs", self.name_of(&other));
                    return self.mismatch_at(place, message);
                }
            }
        }
        Some(texts)
    }

    /// A function or method whose answer is a value.
    fn value_call(&mut self, expr: &IdedExpr, call: &CallExpr) -> Option<Operand> {
        match (call.func_name.as_str(), &call.target, call.args.as_slice()) {
            ("size", Some(inner), []) => self.size(expr, inner),
            ("size", None, [inner]) => self.size(expr, inner),
            ("lowerAscii", Some(inner), []) => {
                let operand = self.operand(inner)?;
                self.each_of(operand, &mut |checker, operand| match operand {
                    Operand::Field(field, Kind::Text) => {
                        Some(Operand::Field(FieldKey { lower: true, ..field }, Kind::Text))
                    }
                    Operand::Text(text) => Some(Operand::Text(text.to_ascii_lowercase())),
                    other => {
                        let message = format!("`lowerAscii` is for text, and this is {}", checker.name_of(&other));
                        checker.mismatch(inner, message)
                    }
                })
            }
            (
                operators::ADD | operators::SUBSTRACT | operators::MULTIPLY | operators::DIVIDE | operators::MODULO,
                ..,
            ) => self.unsupported(expr, "arithmetic", "compare a field with a value that is already worked out"),
            (operators::NEGATE, ..) => self.unsupported(expr, "arithmetic", "compare with a negative number"),
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
            "exists" | "all" => {
                format!("write `list.{name}(e, …)`: a name for the elements, and what is asked of them")
            }
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
        let operand = match map_of(inner) {
            Some(map) => {
                let names = Operand::Many(map.names());
                self.is_of_element(inner, &names)?;
                names
            }
            None => self.operand(inner)?,
        };
        self.each_of(operand, &mut |checker, operand| match operand {
            Operand::Field(field, Kind::Text) => Some(Operand::Size(FieldKey { lower: false, ..field })),
            Operand::Many(list) => Some(Operand::Size(FieldKey::plain(Source::Many(list)))),
            Operand::Text(text) => i64::try_from(text.len()).ok().map(Operand::Int),
            other => {
                let message = format!("text and lists of texts have a size, and this is {}", checker.name_of(&other));
                checker.mismatch(expr, message)
            }
        })
    }

    fn matches(&mut self, expr: &IdedExpr, call: &CallExpr) -> Option<Condition> {
        let (target, arg) = self.text_and_argument(expr, call)?;
        let (text, pattern) = (self.operand(target), self.operand(arg));
        self.both(expr, text?, pattern?, &mut |checker, text, pattern| match (text, pattern) {
            (Operand::Field(field, Kind::Text), Operand::Text(text)) => checker.matching(arg, field, text),
            (Operand::Field(_, Kind::Text), _) => {
                checker.mismatch(arg, "a regular expression must be written out as a string")
            }
            (other, _) => checker.mismatch(
                target,
                format!("`matches` is for text that a request has, and this is {}", checker.name_of(&other)),
            ),
        })
    }

    fn matching(&mut self, arg: &IdedExpr, field: FieldKey, text: String) -> Option<Condition> {
        match self.cx.patterns.plan(&text, field.lower, self.places.of(arg)) {
            Ok(plan) => {
                let pattern = Pattern { text, plan };
                if let Some(warning) = pattern.warning(self.places.of(arg)) {
                    self.cx.warn(self.scope.accepted, warning);
                }
                Some(Condition::ask(field, Test::Matches(pattern)))
            }
            Err(wrong) => {
                wrong.into_iter().for_each(|wrong| self.cx.report(*wrong));
                None
            }
        }
    }

    /// The text that a method is called on, and its one argument.
    fn text_and_argument<'e>(&mut self, expr: &IdedExpr, call: &'e CallExpr) -> Option<(&'e IdedExpr, &'e IdedExpr)> {
        match (&call.target, call.args.as_slice()) {
            (Some(target), [arg]) => Some((target, arg)),
            (None, [target, arg]) => Some((target, arg)),
            _ => self.mismatch(expr, format!("`{}` is called on text, with one argument", call.func_name)),
        }
    }
}

fn stands_in(text: &str, wanted: &str, anchors: Anchors) -> bool {
    match anchors {
        (true, _) => text.starts_with(wanted),
        (_, true) => text.ends_with(wanted),
        _ => text.contains(wanted),
    }
}
