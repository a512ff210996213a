//! `exists` and `all`: through the elements of a request's list, or through values that are written out.

use super::{
    check::Checker,
    expr::{Condition, FieldKey, Literal, Question, Test},
    operand::Operand,
};
use crate::{
    diagnostic::{Code, Diagnostic},
    lists::Contents,
};
use cel::{
    IdedExpr,
    common::ast::{ComprehensionExpr, Expr, LiteralValue, operators},
};
use outwork_engine::{
    rules::wire::{List, Source},
    signals::{Kind, SIGNALS},
};
use std::collections::{BTreeMap, BTreeSet};

/// Which elements must be as the condition wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quantifier {
    Some,
    Every,
}

impl Checker<'_, '_> {
    /// What a macro of CEL that goes through a list states.
    pub(super) fn comprehension(&mut self, expr: &IdedExpr, parts: &ComprehensionExpr) -> Option<Condition> {
        let Some((quantifier, predicate)) = quantified(parts) else {
            let instead = "`exists` and `all` go through lists: `request.header_names.exists(n, n.startsWith(\"x-\"))`";
            return self.unsupported(expr, "`exists_one`, `map` and `filter`", instead);
        };
        self.check_variable(expr, &parts.iter_var)?;
        match self.range(&parts.iter_range)? {
            Operand::Many(list) => self.over_elements(quantifier, &parts.iter_var, list, predicate),
            Operand::Written(items) => {
                let values = items.into_iter().map(|(item, _)| item).collect();
                self.over_values(expr, quantifier, &parts.iter_var, values, predicate)
            }
            Operand::List(place) => {
                let values = match self.scope.lists.contents(place)? {
                    Contents::Strings(strings) => strings.iter().cloned().map(Operand::Text).collect(),
                    Contents::Numbers(numbers) => numbers.iter().copied().map(Operand::Int).collect(),
                    Contents::Networks(_) => {
                        let help = "write `x in lists.name`";
                        return self.unsupported(&parts.iter_range, "a way through networks one by one", help);
                    }
                };
                self.over_values(expr, quantifier, &parts.iter_var, values, predicate)
            }
            other => {
                let message = format!("`exists` and `all` go through lists, and this is {}", self.name_of(&other));
                self.mismatch(&parts.iter_range, message)
            }
        }
    }

    /// What is gone through. A map is its names, as in CEL.
    fn range(&mut self, expr: &IdedExpr) -> Option<Operand> {
        let range = match super::fields::map_of(expr) {
            Some(map) => Operand::Many(map.names()),
            None => self.operand(expr)?,
        };
        self.is_of_element(expr, &range)?;
        Some(range)
    }

    fn check_variable(&mut self, expr: &IdedExpr, name: &str) -> Option<()> {
        let roots = SIGNALS.iter().filter_map(|signal| signal.name.split('.').next());
        if !roots.chain(["lists", "macros"]).any(|root| root == name) {
            return Some(());
        }
        let message = format!("`{name}` cannot be the name of an element: it means something already");
        let help = "give it another name, such as `e`";
        self.cx.report(Diagnostic::new(Code::TakenName, self.places.of(expr), message).help(help));
        None
    }

    fn over_elements(
        &mut self,
        quantifier: Quantifier,
        name: &str,
        list: List,
        predicate: &IdedExpr,
    ) -> Option<Condition> {
        let element = Operand::Field(FieldKey::plain(Source::Element(list.clone())), Kind::Text);
        self.variables.push((name.to_owned(), element));
        let outside = self.inside.replace(list.clone());
        let condition = self.condition(predicate);
        self.inside = outside;
        self.variables.pop();
        let negate = quantifier == Quantifier::Every;
        let test = Test::Exists(Box::new(condition?.negated_if(negate)));
        Some(Condition::ask(FieldKey::plain(Source::Many(list)), test).negated_if(negate))
    }

    fn over_values(
        &mut self,
        expr: &IdedExpr,
        quantifier: Quantifier,
        name: &str,
        values: Vec<Operand>,
        predicate: &IdedExpr,
    ) -> Option<Condition> {
        let (any, reads) = (!values.is_empty(), self.reads);
        self.folding += 1;
        let conditions = self.for_each(expr, name, values, predicate);
        self.folding -= 1;
        let condition = match quantifier {
            Quantifier::Some => Condition::any(merged(conditions?)),
            Quantifier::Every => Condition::all(conditions?),
        };
        if any && self.folding == 0 && self.reads == reads {
            return self.mismatch(expr, "nothing here depends on the request");
        }
        self.fits(expr, condition.weight())?;
        Some(condition)
    }

    /// The condition for each value; only the first that is wrong is reported.
    fn for_each(
        &mut self,
        expr: &IdedExpr,
        name: &str,
        values: Vec<Operand>,
        predicate: &IdedExpr,
    ) -> Option<Vec<Condition>> {
        let mut conditions = Vec::with_capacity(values.len());
        for value in values {
            self.step(expr, 1)?;
            self.variables.push((name.to_owned(), value));
            let condition = self.condition(predicate);
            self.variables.pop();
            conditions.push(condition?);
        }
        Some(conditions)
    }

    /// Whether a part may stand where the elements of a list are looked at, which are all that is there then.
    pub(super) fn is_of_element(&mut self, expr: &IdedExpr, operand: &Operand) -> Option<()> {
        let Some(list) = &self.inside else { return Some(()) };
        if !operand.reads_beside(list) {
            return Some(());
        }
        let message = "this is no part of the element that is looked at";
        let help = "move it out: `list.exists(e, …) && …`";
        self.cx.report(Diagnostic::new(Code::ForeignField, self.places.of(expr), message).help(help));
        None
    }
}

/// What `exists` or `all` asks of each element, as the parser wrote it out; none for other macros.
fn quantified(parts: &ComprehensionExpr) -> Option<(Quantifier, &IdedExpr)> {
    let Expr::Literal(LiteralValue::Boolean(begins)) = &parts.accu_init.expr else { return None };
    let Expr::Call(step) = &parts.loop_step.expr else { return None };
    let [_, predicate] = step.args.as_slice() else { return None };
    match (*begins.inner(), step.func_name.as_str()) {
        (false, operators::LOGICAL_OR) => Some((Quantifier::Some, predicate)),
        (true, operators::LOGICAL_AND) => Some((Quantifier::Every, predicate)),
        _ => None,
    }
}

/// Alternatives with literals of one kind in one field as one question each.
fn merged(conditions: Vec<Condition>) -> Vec<Condition> {
    let mut literals: BTreeMap<(FieldKey, bool, bool), BTreeSet<Literal>> = BTreeMap::new();
    let mut kept = BTreeSet::new();
    for condition in conditions {
        match single_literal(&condition) {
            Some((field, literal)) => {
                let key = (field.clone(), literal.from_start, literal.to_end);
                literals.entry(key).or_default().insert(literal.clone());
            }
            None => {
                kept.insert(condition);
            }
        }
    }
    let questions =
        literals.into_iter().map(|((field, ..), literals)| Condition::ask(field, Test::Literals(literals.into())));
    questions.chain(kept).collect()
}

fn single_literal(condition: &Condition) -> Option<(&FieldKey, &Literal)> {
    match condition {
        Condition::Ask(Question { field, test: Test::Literals(literals) }) if literals.len() == 1 => {
            Some((field, literals.first()?))
        }
        _ => None,
    }
}
