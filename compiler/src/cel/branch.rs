//! Values that are one or the other, and how large a condition may become.

use super::{check::Checker, expr::Condition, operand::Operand};
use crate::diagnostic::{Code, Diagnostic};
use cel::IdedExpr;

/// The most parts that a condition has once its macros, its ternaries and what goes through written lists are put in.
/// A condition that is written out with its 8 KiB has about a quarter of them.
pub(super) const MAX_PARTS: usize = 4096;

/// The most that is worked out on the way to one condition.
const MAX_STEPS: usize = 200_000;

impl Checker<'_, '_> {
    /// What `make` makes of two values, whichever they are.
    pub(super) fn both(
        &mut self,
        expr: &IdedExpr,
        a: Operand,
        b: Operand,
        make: &mut dyn FnMut(&mut Self, Operand, Operand) -> Option<Condition>,
    ) -> Option<Condition> {
        match (a, b) {
            (Operand::Either(parts), b) => {
                let (test, yes, no) = *parts;
                self.step(expr, b.weight())?;
                self.branch(expr, test, |checker| {
                    Some((checker.both(expr, yes, b.clone(), make), checker.both(expr, no, b, make)))
                })
            }
            (a, Operand::Either(parts)) => {
                let (test, yes, no) = *parts;
                self.branch(expr, test, |checker| {
                    Some((checker.both(expr, a.clone(), yes, make), checker.both(expr, a, no, make)))
                })
            }
            (a, b) => {
                self.step(expr, 1)?;
                make(self, a, b)
            }
        }
    }

    /// What `make` makes of a value, whichever it is.
    pub(super) fn each_of(
        &mut self,
        value: Operand,
        make: &mut dyn FnMut(&mut Self, Operand) -> Option<Operand>,
    ) -> Option<Operand> {
        let Operand::Either(parts) = value else { return make(self, value) };
        let (test, yes, no) = *parts;
        let (yes, no) = (self.each_of(yes, make), self.each_of(no, make));
        Some(Operand::Either(Box::new((test, yes?, no?))))
    }

    fn branch(
        &mut self,
        expr: &IdedExpr,
        test: Condition,
        sides: impl FnOnce(&mut Self) -> Option<(Option<Condition>, Option<Condition>)>,
    ) -> Option<Condition> {
        self.folding += 1;
        let sides = sides(self);
        self.folding -= 1;
        let (yes, no) = sides?;
        let condition = Condition::choose(test, yes?, no?);
        self.fits(expr, condition.weight())?;
        Some(condition)
    }

    /// Counts work that is done for a condition, and ends it when it is too much.
    pub(super) fn step(&mut self, expr: &IdedExpr, steps: usize) -> Option<()> {
        self.steps = self.steps.saturating_add(steps);
        if self.steps <= MAX_STEPS { Some(()) } else { self.too_large(expr) }
    }

    /// Ends a condition that has too many parts.
    pub(super) fn fits(&mut self, expr: &IdedExpr, parts: usize) -> Option<()> {
        if parts <= MAX_PARTS { Some(()) } else { self.too_large(expr) }
    }

    fn too_large<T>(&mut self, expr: &IdedExpr) -> Option<T> {
        if !self.too_large {
            self.too_large = true;
            let message = format!("with its macros and lists put in, this has more than {MAX_PARTS} parts");
            let help =
                "test for several values at once with `in`, `startsWithAny` or a list, or make several rules of it";
            self.cx
                .report(Diagnostic::new(Code::Expansion, self.places.of(expr), message).label("too large").help(help));
        }
        None
    }
}
