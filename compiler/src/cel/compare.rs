//! `==`, `<` and `in`.

use super::{
    check::Checker,
    expr::{Condition, FieldKey, ListRef, Literal, Test},
    fields::{Operand, map_of},
};
use crate::{
    diagnostic::{Code, Diagnostic},
    lists::{self, Contents},
};
use cel::IdedExpr;
use outwork_engine::signals::Kind;
use std::{collections::BTreeSet, net::IpAddr};

impl Checker<'_, '_> {
    pub(super) fn equality(&mut self, expr: &IdedExpr, left: &IdedExpr, right: &IdedExpr) -> Option<Condition> {
        let (a, b) = (self.operand(left), self.operand(right));
        match (a?, b?) {
            (Operand::Field(field, Kind::Bool), Operand::Bool(value))
            | (Operand::Bool(value), Operand::Field(field, Kind::Bool)) => {
                Some(Condition::ask(field, Test::IsTrue).negated_if(!value))
            }
            (state @ Operand::State(..), Operand::Bool(value)) | (Operand::Bool(value), state @ Operand::State(..)) => {
                Some(self.truth(left, state)?.negated_if(!value))
            }
            (Operand::Field(field, Kind::Int), Operand::Int(value))
            | (Operand::Int(value), Operand::Field(field, Kind::Int)) => {
                Some(Condition::ask(field, Test::Equals(value)))
            }
            (Operand::Size(field), Operand::Int(value)) | (Operand::Int(value), Operand::Size(field)) => {
                Some(Condition::ask(field, Test::SizeEquals(value)))
            }
            (Operand::Field(field, Kind::Text), Operand::Text(text)) => self.equal_text(right, field, text),
            (Operand::Text(text), Operand::Field(field, Kind::Text)) => self.equal_text(left, field, text),
            (Operand::Field(field, Kind::Address), Operand::Text(text)) => self.equal_address(right, field, &text),
            (Operand::Text(text), Operand::Field(field, Kind::Address)) => self.equal_address(left, field, &text),
            (Operand::Field(a, kind), Operand::Field(b, other)) if kind == other => self.same(expr, a, b),
            (a, b) if a.is_written() && b.is_written() => self.mismatch(expr, "nothing here depends on the request"),
            (a, b) => {
                let message = format!("{} cannot be compared with {}", self.name_of(&a), self.name_of(&b));
                self.mismatch(expr, message)
            }
        }
    }

    fn same(&mut self, expr: &IdedExpr, a: FieldKey, b: FieldKey) -> Option<Condition> {
        if a == b {
            return self.never(expr, "a field is compared with itself", "ask `….known` instead".into());
        }
        if a.lower || b.lower {
            return self.unsupported(expr, "comparisons of two fields in lower case", "compare them as they are");
        }
        Some(Condition::ask(a, Test::SameAs(b)))
    }

    fn equal_text(&mut self, expr: &IdedExpr, field: FieldKey, text: String) -> Option<Condition> {
        self.can_be(expr, &field, &text)?;
        Some(Condition::ask(field, Test::Literals([Literal { from_start: true, to_end: true, text }].into())))
    }

    fn equal_address(&mut self, expr: &IdedExpr, field: FieldKey, text: &str) -> Option<Condition> {
        match text.parse::<IpAddr>() {
            Ok(address) => Some(Condition::ask(field, Test::InNetworks([lists::whole(address)].into()))),
            Err(_) => {
                let help = if text.contains('/') {
                    "ask `x in [\"203.0.113.0/24\"]` for a network"
                } else {
                    "write an IPv4 or IPv6 address"
                };
                let message = format!("`{text}` is no address");
                self.cx.report(Diagnostic::new(Code::BadAddress, self.places.of(expr), message).help(help));
                None
            }
        }
    }

    /// `small < large`, or its opposite.
    pub(super) fn order(
        &mut self,
        expr: &IdedExpr,
        small: &IdedExpr,
        large: &IdedExpr,
        negate: bool,
    ) -> Option<Condition> {
        let (a, b) = (self.operand(small), self.operand(large));
        let condition = match (a?, b?) {
            (Operand::Field(field, Kind::Int), Operand::Int(bound)) => Condition::ask(field, Test::Less(bound)),
            (Operand::Size(field), Operand::Int(bound)) => Condition::ask(field, Test::SizeLess(bound)),
            // bound < x is not (x < bound + 1); nothing is above the largest number.
            (Operand::Int(bound), Operand::Field(field, Kind::Int)) => bound
                .checked_add(1)
                .map_or(Condition::Constant(false), |next| Condition::ask(field, Test::Less(next)).negated()),
            (Operand::Int(bound), Operand::Size(field)) => bound
                .checked_add(1)
                .map_or(Condition::Constant(false), |next| Condition::ask(field, Test::SizeLess(next)).negated()),
            (Operand::Field(a, Kind::Int), Operand::Field(b, Kind::Int)) if a != b => {
                Condition::ask(a, Test::LessThan(b))
            }
            (a, b) if a.is_written() && b.is_written() => {
                return self.mismatch(expr, "nothing here depends on the request");
            }
            (Operand::Field(_, Kind::Text), _) | (_, Operand::Field(_, Kind::Text)) => {
                return self.mismatch(expr, "text has no order here: ask for its beginning, its end or its size");
            }
            (a, b) => {
                let message = format!("{} and {} have no order", self.name_of(&a), self.name_of(&b));
                return self.mismatch(expr, message);
            }
        };
        Some(condition.negated_if(negate))
    }

    pub(super) fn membership(&mut self, expr: &IdedExpr, item: &IdedExpr, list: &IdedExpr) -> Option<Condition> {
        let (map, place) = (map_of(list), item);
        let (item, list) =
            (self.operand(item), if let Some(map) = map { Some(Operand::Map(map)) } else { self.operand(list) });
        match (item?, list?) {
            (Operand::Text(name), Operand::Map(map)) => match self.entry(place, map, &name)? {
                Operand::Field(field, _) => Some(Condition::ask(field, Test::Present)),
                _ => None,
            },
            (Operand::Field(field, kind), Operand::Written(items)) => self.in_written(field, kind, &items),
            (Operand::Field(field, kind), Operand::List(place)) => self.in_list(expr, field, kind, place),
            (item, list) => {
                let message = format!("{} cannot be in {}", self.name_of(&item), self.name_of(&list));
                self.mismatch(expr, message)
            }
        }
    }

    fn in_written(&mut self, field: FieldKey, kind: Kind, items: &[(Operand, IdedExpr)]) -> Option<Condition> {
        let test = match kind {
            Kind::Int => {
                let numbers = self.all(items, "a number", |_, operand, _| match operand {
                    Operand::Int(number) => Some(Some(*number)),
                    _ => None,
                })?;
                Test::InNumbers(numbers)
            }
            Kind::Text => {
                let texts = self.all(items, "a string", |checker, operand, item| match operand {
                    Operand::Text(text) => Some(checker.can_be(item, &field, text).map(|()| Literal {
                        from_start: true,
                        to_end: true,
                        text: text.clone(),
                    })),
                    _ => None,
                })?;
                Test::Literals(texts)
            }
            Kind::Address => {
                let networks = self.all(items, "a network as a string", |checker, operand, item| match operand {
                    Operand::Text(text) => Some(checker.network(item, text)),
                    _ => None,
                })?;
                Test::InNetworks(networks)
            }
            Kind::Bool => {
                let (_, item) = items.first()?;
                return self.mismatch(item, "what is true or false is compared with `==`");
            }
        };
        Some(Condition::ask(field, test))
    }

    /// The values of a written list; `read` gives nothing for a wrong type, and `Some(None)` for what it reported itself.
    fn all<T: Ord>(
        &mut self,
        items: &[(Operand, IdedExpr)],
        wanted: &str,
        read: impl Fn(&mut Self, &Operand, &IdedExpr) -> Option<Option<T>>,
    ) -> Option<BTreeSet<T>> {
        let mut values = Some(BTreeSet::new());
        for (operand, item) in items {
            let value = match read(self, operand, item) {
                Some(value) => value,
                None => {
                    let message = format!("this is {}, where {wanted} belongs", self.name_of(operand));
                    self.mismatch(item, message)
                }
            };
            values = values.zip(value).map(|(mut values, value)| {
                values.insert(value);
                values
            });
        }
        values
    }

    fn network(&mut self, expr: &IdedExpr, text: &str) -> Option<(IpAddr, u8)> {
        lists::network(text).map_err(|wrong| self.cx.report(wrong.at(self.places.of(expr)))).ok()
    }

    fn in_list(&mut self, expr: &IdedExpr, field: FieldKey, kind: Kind, place: usize) -> Option<Condition> {
        let list = ListRef { place, name: self.scope.lists.name(place).to_owned() };
        let test = match (kind, self.scope.lists.contents(place)?) {
            (Kind::Text, Contents::Strings(_)) => Test::InStrings(list),
            (Kind::Address, Contents::Networks(_)) => Test::InRanges(list),
            (Kind::Int, Contents::Numbers(numbers)) => Test::InNumbers(numbers.clone()),
            _ => {
                let message = format!(
                    "{} cannot be in {}",
                    self.name_of(&Operand::Field(field, kind)),
                    self.name_of(&Operand::List(place))
                );
                return self.mismatch(expr, message);
            }
        };
        Some(Condition::ask(field, test))
    }
}
