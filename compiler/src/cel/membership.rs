//! `in`.

use super::{
    check::Checker,
    expr::{Condition, FieldKey, ListRef, Literal, Test},
    fields::map_of,
    operand::Operand,
};
use crate::{
    lists::{self, Contents},
    source::Span,
};
use cel::IdedExpr;
use outwork_engine::{
    rules::wire::{List, Source},
    signals::Kind,
};
use std::{collections::BTreeSet, net::IpAddr};

impl Checker<'_, '_> {
    pub(super) fn membership(&mut self, expr: &IdedExpr, item: &IdedExpr, list: &IdedExpr) -> Option<Condition> {
        let within = match map_of(list) {
            Some(map) => {
                let map = Operand::Map(map);
                self.is_of_element(list, &map).map(|()| map)
            }
            None => self.operand(list),
        };
        let element = self.operand(item);
        self.both(expr, element?, within?, &mut |checker, element, within| {
            checker.member(expr, (item, element), within)
        })
    }

    fn member(&mut self, expr: &IdedExpr, (place, item): (&IdedExpr, Operand), list: Operand) -> Option<Condition> {
        match (item, list) {
            (Operand::Text(name), Operand::Map(map)) => {
                let field = self.entry(place, map, &name)?.field()?;
                Some(Condition::ask(field, Test::Present))
            }
            (Operand::Text(text), Operand::Many(list)) => self.in_many(place, list, text),
            (Operand::Field(field, kind), Operand::Written(items)) => self.in_written(field, kind, &items),
            (Operand::Field(field, kind), Operand::List(place)) => self.in_list(expr, field, kind, place),
            (item @ (Operand::Text(_) | Operand::Int(_)), Operand::Written(items)) => {
                let each: Option<Vec<_>> =
                    items.iter().map(|(other, _)| self.written(expr, &item, other, |a, b| a == b)).collect();
                each.map(Condition::any)
            }
            (Operand::Field(_, Kind::Text), Operand::Many(_)) => {
                let instead =
                    "look for text that is written out: `\"gzip\" in request.header_values[\"accept-encoding\"]`";
                self.unsupported(expr, "a search for one field among the elements of a list", instead)
            }
            (item, list) => {
                let message = format!("{} cannot be in {}", self.name_of(&item), self.name_of(&list));
                self.mismatch(expr, message)
            }
        }
    }

    fn in_many(&mut self, expr: &IdedExpr, list: List, text: String) -> Option<Condition> {
        let element = FieldKey::plain(Source::Element(list.clone()));
        let test = Test::Exists(Box::new(self.equal_text(expr, element, text)?));
        Some(Condition::ask(FieldKey::plain(Source::Many(list)), test))
    }

    fn in_written(&mut self, field: FieldKey, kind: Kind, items: &[(Operand, Span)]) -> Option<Condition> {
        let test = match kind {
            Kind::Int => {
                let numbers = self.all(items, "a number", |_, operand, _| match operand {
                    Operand::Int(number) => Some(Some(*number)),
                    _ => None,
                })?;
                Test::InNumbers(numbers.into())
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
                Test::Literals(texts.into())
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
                return self.mismatch_at(item.clone(), "what is true or false is compared with `==`");
            }
        };
        Some(Condition::ask(field, test))
    }

    /// The values of a written list; `read` gives nothing for a wrong type, and `Some(None)` for what it reported itself.
    fn all<T: Ord>(
        &mut self,
        items: &[(Operand, Span)],
        wanted: &str,
        read: impl Fn(&mut Self, &Operand, &Span) -> Option<Option<T>>,
    ) -> Option<BTreeSet<T>> {
        let mut values = Some(BTreeSet::new());
        for (operand, item) in items {
            let value = match read(self, operand, item) {
                Some(value) => value,
                None => {
                    let message = format!("this is {}, where {wanted} belongs", self.name_of(operand));
                    self.mismatch_at(item.clone(), message)
                }
            };
            values = values.zip(value).map(|(mut values, value)| {
                values.insert(value);
                values
            });
        }
        values
    }

    fn network(&mut self, place: &Span, text: &str) -> Option<(IpAddr, u8)> {
        lists::network(text).map_err(|wrong| self.cx.report(wrong.at(place.clone()))).ok()
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
