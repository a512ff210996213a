//! `==` and `<`.

use super::{
    check::Checker,
    expr::{Condition, FieldKey, Literal, Test},
    operand::Operand,
};
use crate::{
    diagnostic::{Code, Diagnostic},
    lists,
};
use cel::IdedExpr;
use outwork_engine::{rules::wire::Source, signals::Kind};
use std::{collections::BTreeSet, net::IpAddr};

impl Checker<'_, '_> {
    pub(super) fn equality(&mut self, expr: &IdedExpr, left: &IdedExpr, right: &IdedExpr) -> Option<Condition> {
        let (a, b) = (self.operand(left), self.operand(right));
        self.both(expr, a?, b?, &mut |checker, a, b| checker.equal(expr, (left, a), (right, b)))
    }

    fn equal(
        &mut self,
        expr: &IdedExpr,
        (left, a): (&IdedExpr, Operand),
        (right, b): (&IdedExpr, Operand),
    ) -> Option<Condition> {
        match (a, b) {
            (a, b) if a.is_written() && b.is_written() => self.written(expr, &a, &b, |a, b| a == b),
            (Operand::Field(a, kind), Operand::Field(b, other)) if kind == other => self.same(expr, a, b),
            (a, Operand::Bool(value)) | (Operand::Bool(value), a) if a.is_truth() => {
                Some(self.truth(left, a)?.negated_if(!value))
            }
            (a, b) if a.is_truth() && b.is_truth() => {
                let (a, b) = (self.truth(left, a)?, self.truth(right, b)?);
                let same = Condition::choose(a, b.clone(), b.negated());
                self.fits(expr, same.weight())?;
                Some(same)
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
            (Operand::Size(_), Operand::Size(_) | Operand::Field(_, Kind::Int))
            | (Operand::Field(_, Kind::Int), Operand::Size(_)) => self.sizes(expr),
            (a, b) => {
                let message = format!("{} cannot be compared with {}", self.name_of(&a), self.name_of(&b));
                self.mismatch(expr, message)
            }
        }
    }

    fn sizes(&mut self, expr: &IdedExpr) -> Option<Condition> {
        self.unsupported(expr, "comparisons of a size with a field", "compare it with a number that is written out")
    }

    fn same(&mut self, expr: &IdedExpr, a: FieldKey, b: FieldKey) -> Option<Condition> {
        if a == b {
            return self.never(expr, "a field is compared with itself", "ask `….known` instead".into());
        }
        self.is_not_of_one_element(expr, &a, &b)?;
        Some(Condition::ask(a, Test::SameAs(b)))
    }

    /// Refuses to compare an element of a list with itself in lower case: the engine compares fields only.
    pub(super) fn is_not_of_one_element(&mut self, expr: &IdedExpr, a: &FieldKey, b: &FieldKey) -> Option<()> {
        match (&a.source, &b.source) {
            (Source::Element(_), Source::Element(_)) => self.unsupported(
                expr,
                "comparisons of an element with itself in lower case",
                "compare it with text that is written out, or match it: `e.matches(\"[A-Z]\")`",
            ),
            _ => Some(()),
        }
    }

    pub(super) fn equal_text(&mut self, expr: &IdedExpr, field: FieldKey, text: String) -> Option<Condition> {
        let place = self.places.of(expr);
        self.can_be(&place, &field, &text)?;
        let literal = Literal { from_start: true, to_end: true, text };
        Some(Condition::ask(field, Test::Literals(BTreeSet::from([literal]).into())))
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
        let less = self.both(expr, a?, b?, &mut |checker, a, b| checker.less(expr, a, b));
        less.map(|less| less.negated_if(negate))
    }

    fn less(&mut self, expr: &IdedExpr, small: Operand, large: Operand) -> Option<Condition> {
        match (small, large) {
            (a, b) if a.is_written() && b.is_written() => self.written(expr, &a, &b, |a, b| a < b),
            (Operand::Field(field, Kind::Int), Operand::Int(bound)) => Some(Condition::ask(field, Test::Less(bound))),
            (Operand::Size(field), Operand::Int(bound)) => Some(Condition::ask(field, Test::SizeLess(bound))),
            (Operand::Field(field, Kind::Text), Operand::Text(bound)) => {
                Some(Condition::ask(field, Test::Before(bound)))
            }
            (Operand::Int(bound), Operand::Field(field, Kind::Int)) => Some(above(field, bound, Test::Less)),
            (Operand::Int(bound), Operand::Size(field)) => Some(above(field, bound, Test::SizeLess)),
            // bound < x is not (x < what follows bound), and the text that follows another has one more byte, the least.
            (Operand::Text(bound), Operand::Field(field, Kind::Text)) => {
                Some(Condition::ask(field, Test::Before(bound + "\0")).negated())
            }
            (Operand::Field(a, kind @ (Kind::Int | Kind::Text)), Operand::Field(b, other)) if kind == other => {
                if a == b {
                    return self.never(expr, "a field is compared with itself", "ask `….known` instead".into());
                }
                self.is_not_of_one_element(expr, &a, &b)?;
                Some(Condition::ask(a, Test::LessThan(b)))
            }
            (Operand::Size(_), Operand::Size(_) | Operand::Field(_, Kind::Int))
            | (Operand::Field(_, Kind::Int), Operand::Size(_)) => self.sizes(expr),
            (a, b) => {
                let message = format!("{} and {} have no order", self.name_of(&a), self.name_of(&b));
                self.mismatch(expr, message)
            }
        }
    }

    /// A comparison of two values that are written out: allowed where they stand for one another, as in `exists`.
    pub(super) fn written(
        &mut self,
        expr: &IdedExpr,
        a: &Operand,
        b: &Operand,
        holds: impl Fn(Literals<'_>, Literals<'_>) -> bool,
    ) -> Option<Condition> {
        if self.folding == 0 {
            return self.mismatch(expr, "nothing here depends on the request");
        }
        match (Literals::of(a), Literals::of(b)) {
            (Some(a), Some(b)) if std::mem::discriminant(&a) == std::mem::discriminant(&b) => {
                Some(Condition::Constant(holds(a, b)))
            }
            _ => {
                let message = format!("{} cannot be compared with {}", self.name_of(a), self.name_of(b));
                self.mismatch(expr, message)
            }
        }
    }
}

/// Whether a number or size is above `bound`: not below `bound + 1`; nothing is above the largest number, and whether a
/// field is at all stays as unknown as it was.
fn above(field: FieldKey, bound: i64, less: impl Fn(i64) -> Test) -> Condition {
    match bound.checked_add(1) {
        Some(next) => Condition::ask(field, less(next)).negated(),
        None => {
            Condition::all([Condition::ask(field.clone(), less(bound)), Condition::ask(field, less(bound)).negated()])
        }
    }
}

/// A value that is written out, in the order of CEL.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub(super) enum Literals<'a> {
    Bool(bool),
    Int(i64),
    Text(&'a str),
}

impl<'a> Literals<'a> {
    fn of(operand: &'a Operand) -> Option<Self> {
        match operand {
            Operand::Bool(value) => Some(Self::Bool(*value)),
            Operand::Int(value) => Some(Self::Int(*value)),
            Operand::Text(value) => Some(Self::Text(value)),
            _ => None,
        }
    }
}
