//! Where a part of a condition stands in its file.

use super::Scope;
use crate::{read, source::Span};
use cel::{
    IdedExpr,
    common::ast::{Expr, SourceInfo, operators},
};
use std::ops::Range;

/// Maps parts of a condition to their place in the file.
pub(super) struct Places {
    info: SourceInfo,
    text: String,
    span: Span,
    offsets: Vec<usize>,
}

impl Places {
    pub(super) fn new(scope: Scope<'_>, info: SourceInfo) -> Self {
        let span = scope.when.span.clone();
        let offsets = read::offsets(scope.source.get(span.range.clone()).unwrap_or_default());
        Self { info, text: scope.when.value.clone(), span, offsets }
    }

    /// The place of some bytes of the condition.
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        let base = self.span.range.start;
        let last = self.offsets.last().copied().unwrap_or(0);
        let at = |offset: usize| base + self.offsets.get(offset).copied().unwrap_or(last);
        // An empty place is widened to one byte, so that something is underlined.
        let (start, end) = (at(start), at(end));
        Span::new(self.span.file, start..end.max(start + 1))
    }

    /// The place of a whole part.
    pub(super) fn of(&self, expr: &IdedExpr) -> Span {
        let range = self.range(expr);
        self.span(range.start, range.end)
    }

    /// The parser notes one token of each part, the operator of a call, the dot of a selection; the rest is found from
    /// the parts inside, and by looking for the token that must follow.
    pub(super) fn range(&self, expr: &IdedExpr) -> Range<usize> {
        let (start, end) = self.token(expr.id);
        match &expr.expr {
            Expr::Ident(name) => start..start + name.len(),
            Expr::Literal(_) => self.with_sign(start)..end,
            Expr::Select(select) if select.test => self.name_before(start)..self.after(end, ')'),
            Expr::Select(select) => self.range(&select.operand).start..self.after_name(end, &select.field),
            Expr::List(list) => {
                let inner = list.elements.last().map_or(end, |last| self.range(last).end);
                start..self.after(inner, ']')
            }
            Expr::Call(call) => {
                let inner = call.args.last().map_or(end, |last| self.range(last).end).max(end);
                match (&call.target, call.func_name.as_str()) {
                    (Some(target), _) => self.range(target).start..self.after(inner, ')'),
                    (None, operators::INDEX) => self.first(call.args.first(), start)..self.after(inner, ']'),
                    (None, operators::LOGICAL_NOT | operators::NEGATE) => start..inner,
                    (None, name) if name.starts_with(|c: char| c.is_ascii_alphabetic()) => {
                        self.name_before(start)..self.after(inner, ')')
                    }
                    _ => self.first(call.args.first(), start)..inner,
                }
            }
            Expr::Comprehension(parts) => {
                let asked = match &parts.loop_step.expr {
                    Expr::Call(step) => step.args.last().map_or(end, |asked| self.range(asked).end),
                    _ => end,
                };
                self.range(&parts.iter_range).start..self.after(asked.max(end), ')')
            }
            _ => start..end,
        }
    }

    fn first(&self, expr: Option<&IdedExpr>, otherwise: usize) -> usize {
        expr.map_or(otherwise, |expr| self.range(expr).start)
    }

    /// The token of a part; the parser's end is its last byte, and 0 bytes long tokens are one byte.
    fn token(&self, id: u64) -> (usize, usize) {
        let (start, last) = self.info.offset_for(id).unwrap_or((0, 0));
        let (start, last) = (start as usize, last as usize);
        let width = self.text.get(last..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        (start, last + width)
    }

    fn with_sign(&self, start: usize) -> usize {
        let before = self.text.get(..start).unwrap_or_default().trim_end();
        if before.ends_with('-')
            && self.text.get(start..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        {
            before.len() - 1
        } else {
            start
        }
    }

    fn name_before(&self, paren: usize) -> usize {
        let before = self.text.get(..paren).unwrap_or_default().trim_end();
        before.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').len()
    }

    fn after(&self, from: usize, closing: char) -> usize {
        let rest = self.text.get(from..).unwrap_or_default();
        rest.find(closing).map_or(from, |at| from + at + closing.len_utf8())
    }

    fn after_name(&self, from: usize, name: &str) -> usize {
        let rest = self.text.get(from..).unwrap_or_default();
        rest.find(name).map_or(from, |at| from + at + name.len())
    }
}
