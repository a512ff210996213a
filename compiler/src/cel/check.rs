//! Types: an expression becomes a condition, or everything that is wrong with it is reported.

use super::{
    Scope,
    expr::{Condition, FieldKey, Test},
    operand::{Operand, State},
    parse,
    place::Places,
    tree::{Shape, Tree},
};
use crate::{
    context::Context,
    diagnostic::{Code, Diagnostic},
    source::Span,
};
use cel::{
    IdedExpr,
    common::ast::{CallExpr, Expr, SelectExpr, operators},
};
use outwork_engine::{rules::wire::List, signals::Kind};

/// The most parts of all conditions of a policy, their macros put in: 10,000 rules with 50 each.
const MAX_PARTS_OF_ALL: usize = 500_000;

/// Checks a condition.
pub(crate) fn check(cx: &mut Context<'_>, scope: Scope<'_>) -> Option<Tree> {
    let (expr, places) = parse::parse(cx, scope)?;
    let mut checker = Checker::new(cx, scope, places);
    let tree = checker.tree(&expr)?;
    let parts = tree.weight();
    checker.fits(&expr, parts)?;
    let (before, parts) = (cx.parts, cx.parts.saturating_add(parts));
    cx.parts = parts;
    if parts <= MAX_PARTS_OF_ALL {
        return Some(tree);
    }
    if before <= MAX_PARTS_OF_ALL {
        let message = format!("with this one, all conditions together have more than {MAX_PARTS_OF_ALL} parts");
        let help = "macros are put in wherever they are named: shorten those that many rules name";
        cx.report(Diagnostic::new(Code::TooMany, scope.when.span.clone(), message).help(help));
    }
    None
}

pub(super) struct Checker<'c, 'f> {
    pub(super) cx: &'c mut Context<'f>,
    pub(super) scope: Scope<'c>,
    pub(super) places: Places,
    /// What names stand for inside of `exists` and `all`, the innermost last.
    pub(super) variables: Vec<(String, Operand)>,
    /// The list whose elements are looked at.
    pub(super) inside: Option<List>,
    /// How deep this is in what is worked out for several values: there, what is written may be compared.
    pub(super) folding: usize,
    /// How often something of the request was named.
    pub(super) reads: usize,
    /// How much was worked out already.
    pub(super) steps: usize,
    /// Whether that it was too much has been reported.
    pub(super) too_large: bool,
}

impl<'c, 'f> Checker<'c, 'f> {
    pub(super) fn new(cx: &'c mut Context<'f>, scope: Scope<'c>, places: Places) -> Self {
        Self {
            cx,
            scope,
            places,
            variables: Vec::new(),
            inside: None,
            folding: 0,
            reads: 0,
            steps: 0,
            too_large: false,
        }
    }

    /// What a macro stands for, and its parts if it is a condition.
    pub(super) fn value(&mut self, expr: &IdedExpr) -> Option<(Operand, Option<Tree>)> {
        if matches!(&expr.expr, Expr::Call(call) if is_connective(&call.func_name)) {
            let tree = self.tree(expr)?;
            self.fits(expr, tree.weight())?;
            return Some((Operand::Truth(tree.condition()), Some(tree)));
        }
        let value = self.operand(expr)?;
        self.fits(expr, value.weight())?;
        let Operand::Truth(condition) = &value else { return Some((value, None)) };
        let tree = self.part(expr, Shape::Leaf(condition.clone()));
        Some((value, Some(tree)))
    }

    /// The parts of an expression. Both sides of a connective are looked at even if one is wrong.
    fn tree(&mut self, expr: &IdedExpr) -> Option<Tree> {
        let shape = match &expr.expr {
            Expr::Call(call) => match (call.func_name.as_str(), call.args.as_slice()) {
                (operators::LOGICAL_AND, parts) => Shape::all(self.each(parts)?),
                (operators::LOGICAL_OR, parts) => Shape::any(self.each(parts)?),
                (operators::LOGICAL_NOT, [inner]) => Shape::Not(self.tree(inner)?.into()),
                (operators::CONDITIONAL, parts) => Shape::Choose(Box::new(self.each(parts)?.try_into().ok()?)),
                _ => Shape::Leaf(self.leaf(expr)?),
            },
            _ => Shape::Leaf(self.leaf(expr)?),
        };
        Some(self.part(expr, shape))
    }

    fn part(&self, expr: &IdedExpr, shape: Shape) -> Tree {
        let named = match &expr.expr {
            Expr::Select(select) if matches!(&select.operand.expr, Expr::Ident(root) if root == "macros") => {
                self.scope.macros.tree(&select.field)
            }
            _ => None,
        };
        Tree { shape, span: self.places.of(expr), range: self.places.range(expr), named }
    }

    fn each(&mut self, parts: &[IdedExpr]) -> Option<Vec<Tree>> {
        let trees: Vec<_> = parts.iter().map(|part| self.tree(part)).collect();
        trees.into_iter().collect()
    }

    fn leaf(&mut self, expr: &IdedExpr) -> Option<Condition> {
        let operand = self.operand(expr)?;
        self.truth(expr, operand)
    }

    /// The condition that an expression states.
    pub(super) fn condition(&mut self, expr: &IdedExpr) -> Option<Condition> {
        let tree = self.tree(expr)?;
        self.fits(expr, tree.weight())?;
        Some(tree.condition())
    }

    /// What a call of an operator or a function gives.
    pub(super) fn call(&mut self, expr: &IdedExpr, call: &CallExpr) -> Option<Operand> {
        let condition = match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::INDEX, args) => return self.index(expr, args),
            (operators::CONDITIONAL, [test, yes, no]) => return self.conditional(test, yes, no),
            (operators::LOGICAL_AND | operators::LOGICAL_OR | operators::LOGICAL_NOT, _) => self.condition(expr),
            (operators::EQUALS, [left, right]) => self.equality(expr, left, right),
            (operators::NOT_EQUALS, [left, right]) => self.equality(expr, left, right).map(Condition::negated),
            (operators::LESS, [left, right]) => self.order(expr, left, right, false),
            (operators::GREATER, [left, right]) => self.order(expr, right, left, false),
            (operators::LESS_EQUALS, [left, right]) => self.order(expr, right, left, true),
            (operators::GREATER_EQUALS, [left, right]) => self.order(expr, left, right, true),
            (operators::IN, [left, right]) => self.membership(expr, left, right),
            _ => return self.method(expr, call),
        };
        condition.map(Operand::Truth)
    }

    /// `test ? yes : no`, of conditions or of values.
    fn conditional(&mut self, test: &IdedExpr, yes: &IdedExpr, no: &IdedExpr) -> Option<Operand> {
        let condition = self.condition(test);
        let (a, b) = (self.operand(yes), self.operand(no));
        let (condition, a, b) = (condition?, a?, b?);
        if a.is_truth() && b.is_truth() {
            let (a, b) = (self.truth(yes, a)?, self.truth(no, b)?);
            let whole = Condition::choose(condition, a, b);
            self.fits(test, whole.weight())?;
            return Some(Operand::Truth(whole));
        }
        if a.is_truth() || b.is_truth() {
            let message = format!("one side is {}, the other {}", self.name_of(&a), self.name_of(&b));
            return self.mismatch(no, message);
        }
        let either = Operand::Either(Box::new((condition, a, b)));
        self.fits(test, either.weight())?;
        Some(either)
    }

    /// `has(a.b)`: the client sent it.
    pub(super) fn has(&mut self, expr: &IdedExpr, select: &SelectExpr) -> Option<Operand> {
        let path = IdedExpr { id: expr.id, expr: Expr::Select(SelectExpr { test: false, ..select.clone() }) };
        let operand = self.operand(&path)?;
        match operand.field() {
            Some(field) => Some(Operand::Truth(Condition::ask(field, Test::Present))),
            None => self.mismatch(expr, format!("`has` asks for a field, and this is {}", self.name_of(&operand))),
        }
    }

    pub(super) fn truth(&mut self, expr: &IdedExpr, operand: Operand) -> Option<Condition> {
        match operand {
            Operand::Truth(condition) => Some(condition),
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
                    Operand::Many(_) => "ask for its elements: `….exists(e, e == \"value\")`, or for its size",
                    _ => "compare a field with it",
                };
                let place = self.places.of(expr);
                self.cx.report(Diagnostic::new(Code::TypeMismatch, place, message).help(help));
                None
            }
        }
    }

    pub(super) fn mismatch<T>(&mut self, expr: &IdedExpr, message: impl Into<String>) -> Option<T> {
        self.mismatch_at(self.places.of(expr), message)
    }

    pub(super) fn mismatch_at<T>(&mut self, place: Span, message: impl Into<String>) -> Option<T> {
        self.cx.report(Diagnostic::new(Code::TypeMismatch, place, message));
        None
    }

    pub(super) fn unsupported<T>(&mut self, expr: &IdedExpr, what: &str, instead: &str) -> Option<T> {
        let message = format!("Outwork's conditions do not have {what}");
        self.cx.report(Diagnostic::new(Code::Unsupported, self.places.of(expr), message).help(instead));
        None
    }

    pub(super) fn never(&mut self, expr: &IdedExpr, message: impl Into<String>, help: String) -> Option<Condition> {
        self.never_at(self.places.of(expr), message, help)
    }

    pub(super) fn never_at<T>(&mut self, place: Span, message: impl Into<String>, help: String) -> Option<T> {
        self.cx.report(Diagnostic::new(Code::NeverHolds, place, message).help(help));
        None
    }

    /// Whether text could be what a field holds: letters that were made lower case are never capitals.
    pub(super) fn can_be(&mut self, place: &Span, field: &FieldKey, text: &str) -> Option<()> {
        if field.lower && text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            let help = format!("write \"{}\"", text.to_ascii_lowercase());
            return self.never_at(place.clone(), "a capital letter is never found in lower-case text", help);
        }
        Some(())
    }
}

fn is_connective(name: &str) -> bool {
    matches!(name, operators::LOGICAL_AND | operators::LOGICAL_OR | operators::LOGICAL_NOT)
}
