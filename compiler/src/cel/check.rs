//! Types: an expression becomes a condition, or everything that is wrong with it is reported.

use super::{
    Scope,
    expr::{Condition, FieldKey, Test},
    fields::{Operand, State},
    parse,
    place::Places,
    tree::{Shape, Tree},
};
use crate::{
    context::Context,
    diagnostic::{Code, Diagnostic},
};
use cel::{
    IdedExpr,
    common::ast::{CallExpr, Expr, SelectExpr, operators},
};
use outwork_engine::signals::Kind;

/// Checks a condition.
pub(crate) fn check(cx: &mut Context<'_>, scope: Scope<'_>) -> Option<Tree> {
    let (expr, places) = parse::parse(cx, scope)?;
    Checker { cx, scope, places }.tree(&expr)
}

pub(super) struct Checker<'c, 'f> {
    pub(super) cx: &'c mut Context<'f>,
    pub(super) scope: Scope<'c>,
    pub(super) places: Places,
}

impl Checker<'_, '_> {
    /// The parts of an expression. Both sides of a connective are looked at even if one is wrong.
    fn tree(&mut self, expr: &IdedExpr) -> Option<Tree> {
        let shape = match &expr.expr {
            Expr::Call(call) => match (call.func_name.as_str(), call.args.as_slice()) {
                (operators::LOGICAL_AND, parts) => Shape::all(self.each(parts)?),
                (operators::LOGICAL_OR, parts) => Shape::any(self.each(parts)?),
                (operators::LOGICAL_NOT, [inner]) => Shape::Not(self.tree(inner)?.into()),
                (operators::CONDITIONAL, parts) => Shape::Choose(Box::new(self.each(parts)?.try_into().ok()?)),
                _ => Shape::Leaf(self.call(expr, call)?),
            },
            _ => Shape::Leaf(self.condition(expr)?),
        };
        Some(Tree { shape, span: self.places.of(expr), range: self.places.range(expr) })
    }

    fn each(&mut self, parts: &[IdedExpr]) -> Option<Vec<Tree>> {
        let trees: Vec<_> = parts.iter().map(|part| self.tree(part)).collect();
        trees.into_iter().collect()
    }

    /// The condition that an expression states.
    pub(super) fn condition(&mut self, expr: &IdedExpr) -> Option<Condition> {
        match &expr.expr {
            Expr::Call(call) => self.call(expr, call),
            Expr::Select(select) if select.test => self.has(expr, select),
            _ => {
                let operand = self.operand(expr)?;
                self.truth(expr, operand)
            }
        }
    }

    fn call(&mut self, expr: &IdedExpr, call: &CallExpr) -> Option<Condition> {
        match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::LOGICAL_AND | operators::LOGICAL_OR | operators::LOGICAL_NOT | operators::CONDITIONAL, _) => {
                self.tree(expr).map(|tree| tree.condition())
            }
            (operators::EQUALS, [left, right]) => self.equality(expr, left, right),
            (operators::NOT_EQUALS, [left, right]) => self.equality(expr, left, right).map(Condition::negated),
            (operators::LESS, [left, right]) => self.order(expr, left, right, false),
            (operators::GREATER, [left, right]) => self.order(expr, right, left, false),
            (operators::LESS_EQUALS, [left, right]) => self.order(expr, right, left, true),
            (operators::GREATER_EQUALS, [left, right]) => self.order(expr, left, right, true),
            (operators::IN, [left, right]) => self.membership(expr, left, right),
            (operators::INDEX, _) => {
                let operand = self.operand(expr)?;
                self.truth(expr, operand)
            }
            _ => self.method(expr, call),
        }
    }

    /// `has(a.b)`: the client sent it.
    fn has(&mut self, expr: &IdedExpr, select: &SelectExpr) -> Option<Condition> {
        let path = Expr::Select(SelectExpr { test: false, ..select.clone() });
        match self.operand(&IdedExpr { id: expr.id, expr: path })? {
            Operand::Field(field, _) => Some(Condition::ask(field, Test::Present)),
            other => self.mismatch(expr, format!("`has` asks for a field, and this is {}", self.name_of(&other))),
        }
    }

    pub(super) fn truth(&mut self, expr: &IdedExpr, operand: Operand) -> Option<Condition> {
        match operand {
            Operand::Bool(value) => Some(Condition::Constant(value)),
            Operand::State(field, State::Known) => Some(Condition::ask(field, Test::Known)),
            Operand::State(field, State::Absent) => Some(Condition::ask(field, Test::Absent)),
            Operand::State(field, State::Unavailable) => Some(Condition::ask(field, Test::Unavailable)),
            Operand::Field(field, Kind::Bool) => Some(Condition::ask(field, Test::IsTrue)),
            other => {
                let message = format!("this is {}, and a condition is true or false", self.name_of(&other));
                let help = match other {
                    Operand::Field(_, Kind::Text) => "compare it: `… == \"value\"`, or ask `….known`",
                    Operand::Field(..) | Operand::Size(_) => "compare it, or ask `….known`",
                    _ => "compare a field with it",
                };
                let place = self.places.of(expr);
                self.cx.report(Diagnostic::new(Code::TypeMismatch, place, message).help(help));
                None
            }
        }
    }

    pub(super) fn mismatch<T>(&mut self, expr: &IdedExpr, message: impl Into<String>) -> Option<T> {
        self.cx.report(Diagnostic::new(Code::TypeMismatch, self.places.of(expr), message));
        None
    }

    pub(super) fn unsupported<T>(&mut self, expr: &IdedExpr, what: &str, instead: &str) -> Option<T> {
        let message = format!("Outwork's conditions do not have {what}");
        self.cx.report(Diagnostic::new(Code::Unsupported, self.places.of(expr), message).help(instead));
        None
    }

    pub(super) fn never(&mut self, expr: &IdedExpr, message: impl Into<String>, help: String) -> Option<Condition> {
        self.cx.report(Diagnostic::new(Code::NeverHolds, self.places.of(expr), message).help(help));
        None
    }

    /// Whether text could be what a field holds: letters that were made lower case are never capitals.
    pub(super) fn can_be(&mut self, expr: &IdedExpr, field: &FieldKey, text: &str) -> Option<()> {
        if field.lower && text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            let help = format!("write \"{}\"", text.to_ascii_lowercase());
            self.never(expr, "a capital letter is never found in lower-case text", help)?;
        }
        Some(())
    }
}
