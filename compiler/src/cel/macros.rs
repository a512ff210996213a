//! `[macros]`: conditions and values that a pack names once and uses often.

use super::{Scope, check::Checker, operand::Operand, parse, place::Places, tree::Named};
use crate::{
    context::Context,
    diagnostic::{Code, Diagnostic},
    lists::Lists,
    read::{Keys, Text},
    source::Span,
};
use cel::{
    IdedExpr,
    common::ast::{EntryExpr, Expr},
};
use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The macros of one file.
#[derive(Debug, Default)]
pub(crate) struct Macros {
    named: BTreeMap<String, Macro>,
}

#[derive(Debug)]
struct Macro {
    /// Where its name stands.
    place: Span,
    /// None when it is wrong, which has been reported.
    value: Option<Operand>,
    /// A condition as written.
    tree: Option<Arc<Named>>,
    used: Cell<bool>,
}

/// A macro, parsed.
struct Parsed {
    text: Text,
    expr: IdedExpr,
    places: Places,
    /// The macros that it names.
    needs: BTreeSet<String>,
}

/// The most macros of one file.
const MAX_MACROS: usize = 1000;

/// Words that CEL keeps for itself, and what follows the name of a field.
const RESERVED: &[&str] = &[
    "absent",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "false",
    "for",
    "function",
    "if",
    "import",
    "in",
    "known",
    "let",
    "loop",
    "namespace",
    "null",
    "package",
    "return",
    "true",
    "unavailable",
    "var",
    "void",
    "while",
];

impl Macros {
    /// Reads `[macros]` of a file with this text and these lists.
    pub(crate) fn read(cx: &mut Context<'_>, file: &Keys<'_, '_>, source: &str, lists: &Lists) -> Self {
        let mut macros = Self::default();
        let Some(table) = file.table(cx, "macros") else { return macros };
        let names: Vec<&str> = table.0.keys().map(|key| key.get_ref().as_ref()).collect();
        if names.len() > MAX_MACROS {
            let message = format!("{} macros, and {MAX_MACROS} is the most", names.len());
            cx.report(Diagnostic::new(Code::TooMany, file.key_span("macros"), message));
            return macros;
        }
        let keys = Keys::open(cx, file.file(), table.clone(), "macros", &names);
        let mut parsed = BTreeMap::new();
        for name in names {
            let place = keys.key_span(name);
            check_name(cx, name, &place);
            if let Some(text) = keys.text(cx, name)
                && let Some((expr, places)) =
                    parse::parse(cx, Scope { lists, macros: &macros, source, when: &text, accepted: &[] })
            {
                let needs = needs(&expr);
                parsed.insert(name.to_owned(), Parsed { text, expr, places, needs });
            }
            macros.named.insert(name.to_owned(), Macro { place, value: None, tree: None, used: Cell::new(false) });
        }
        macros.report_cycles(cx, &mut parsed);
        macros.resolve(cx, source, lists, parsed);
        macros
    }

    /// The value of a macro; the outer none where there is no such macro, the inner where it is wrong.
    #[expect(clippy::option_option, reason = "the two have different remedies")]
    pub(super) fn find(&self, name: &str) -> Option<Option<&Operand>> {
        let found = self.named.get(name)?;
        found.used.set(true);
        Some(found.value.as_ref())
    }

    /// A macro that is a condition, as written.
    pub(super) fn tree(&self, name: &str) -> Option<Arc<Named>> {
        self.named.get(name)?.tree.clone()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.named.keys().map(String::as_str)
    }

    /// Warns of macros that nothing in their file names; where something is wrong, what names them may be missing.
    pub(crate) fn report_unused(&self, cx: &mut Context<'_>) {
        if cx.has_errors() {
            return;
        }
        for (name, unused) in self.named.iter().filter(|(_, one)| !one.used.get() && one.value.is_some()) {
            let message = format!("nothing uses macro `{name}`");
            let help = format!("write `macros.{name}` in a condition, or leave it out");
            cx.report(Diagnostic::new(Code::UnusedMacro, unused.place.clone(), message).help(help));
        }
    }

    /// Takes macros that are made of themselves out, each circle with one report.
    fn report_cycles(&self, cx: &mut Context<'_>, parsed: &mut BTreeMap<String, Parsed>) {
        while let Some(cycle) = find_cycle(parsed) {
            let named = cycle.iter().chain(cycle.first()).map(|name| format!("`{name}`")).collect::<Vec<_>>();
            let message = if let [only] = cycle.as_slice() {
                format!("macro `{only}` is made of itself")
            } else {
                format!("macros are made of one another in a circle: {}", named.join(" → "))
            };
            let mut places = cycle.iter().filter_map(|name| self.named.get(name)).map(|one| one.place.clone());
            if let Some(first) = places.next() {
                let mut diagnostic =
                    Diagnostic::new(Code::MacroCycle, first, message).help("write one of them without the others");
                for place in places {
                    diagnostic = diagnostic.related(place, "part of the circle");
                }
                cx.report(diagnostic);
            }
            for name in cycle {
                if let Some(one) = self.named.get(&name) {
                    one.used.set(true);
                }
                parsed.remove(&name);
            }
        }
    }

    /// Works out each macro once those that it names are worked out.
    fn resolve(&mut self, cx: &mut Context<'_>, source: &str, lists: &Lists, mut parsed: BTreeMap<String, Parsed>) {
        loop {
            let is_ready = |one: &Parsed| one.needs.iter().all(|name| !parsed.contains_key(name));
            let Some(name) = parsed.iter().find(|(_, one)| is_ready(one)).map(|(name, _)| name.clone()) else { return };
            let Some(Parsed { text, expr, places, .. }) = parsed.remove(&name) else { return };
            let scope = Scope { lists, macros: self, source, when: &text, accepted: &[] };
            let value = Checker::new(cx, scope, places).value(&expr);
            if let (Some(one), Some((value, tree))) = (self.named.get_mut(&name), value) {
                one.value = Some(value);
                one.tree = tree.and_then(|tree| tree.into_named(&text));
            }
        }
    }
}

fn check_name(cx: &mut Context<'_>, name: &str, place: &Span) {
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !plain || !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        let message = format!("`{name}` cannot be the name of a macro");
        let help = "conditions write `macros.name`: use letters, digits and `_`";
        cx.report(Diagnostic::new(Code::BadName, place.clone(), message).help(help));
    } else if RESERVED.contains(&name) {
        let message = format!("`{name}` cannot be the name of a macro: it means something already");
        cx.report(Diagnostic::new(Code::TakenName, place.clone(), message).help("give it another name"));
    }
}

/// The names of the first circle, beginning with the first in the alphabet.
fn find_cycle(parsed: &BTreeMap<String, Parsed>) -> Option<Vec<String>> {
    let mut done = BTreeSet::new();
    parsed.keys().find_map(|name| descend(parsed, name, &mut Vec::new(), &mut done))
}

fn descend<'p>(
    parsed: &'p BTreeMap<String, Parsed>,
    name: &'p str,
    path: &mut Vec<&'p str>,
    done: &mut BTreeSet<&'p str>,
) -> Option<Vec<String>> {
    if let Some(at) = path.iter().position(|known| *known == name) {
        return path.get(at..).map(|cycle| cycle.iter().map(|&name| name.to_owned()).collect());
    }
    let one = parsed.get(name)?;
    if !done.contains(name) {
        path.push(name);
        let found = one.needs.iter().find_map(|next| descend(parsed, next, path, done));
        path.pop();
        done.insert(name);
        return found;
    }
    None
}

/// The macros that an expression names.
fn needs(expr: &IdedExpr) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut left = vec![expr];
    while let Some(expr) = left.pop() {
        match &expr.expr {
            Expr::Select(select) => {
                if matches!(&select.operand.expr, Expr::Ident(root) if root == "macros") {
                    found.insert(select.field.clone());
                }
                left.push(&select.operand);
            }
            Expr::Call(call) => left.extend(call.target.as_deref().into_iter().chain(&call.args)),
            Expr::List(list) => left.extend(&list.elements),
            Expr::Comprehension(parts) => left.extend([&parts.iter_range, &parts.loop_step]),
            Expr::Map(map) => left.extend(map.entries.iter().filter_map(|entry| match &entry.expr {
                EntryExpr::MapEntry(entry) => Some(&entry.value),
                EntryExpr::StructField(_) => None,
            })),
            _ => {}
        }
    }
    found
}
