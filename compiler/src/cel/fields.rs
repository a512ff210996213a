//! What a name or an index stands for.

use super::{
    check::Checker,
    expr::FieldKey,
    operand::{LISTS, MAPS, Map, Operand, State},
};
use crate::{
    diagnostic::{Code, Diagnostic, did_you_mean},
    lists::Contents,
};
use cel::{
    IdedExpr,
    common::ast::{Expr, LiteralValue},
};
use outwork_engine::{
    rules::wire::Source,
    signals::{self, SIGNALS},
};

/// Groups of signals that the design has and this version has not.
const PLANNED: &[&str] = &["rate"];

impl Checker<'_, '_> {
    /// The operand that an expression stands for; reports why it is none.
    pub(super) fn operand(&mut self, expr: &IdedExpr) -> Option<Operand> {
        match &expr.expr {
            Expr::Literal(value) => self.literal(expr, value),
            Expr::List(list) => {
                let mut elements = Some(Vec::new());
                for item in &list.elements {
                    let element = self.operand(item).map(|element| (element, self.places.of(item)));
                    elements = elements.zip(element).map(|(mut elements, element)| {
                        elements.push(element);
                        elements
                    });
                }
                let list = Operand::Written(elements?);
                self.fits(expr, list.weight())?;
                self.step(expr, list.weight())?;
                Some(list)
            }
            Expr::Call(call) => self.call(expr, call),
            Expr::Comprehension(parts) => self.comprehension(expr, parts).map(Operand::Truth),
            Expr::Map(_) | Expr::Struct(_) => self.unsupported(expr, "maps and messages", "compare single fields"),
            Expr::Ident(_) | Expr::Select(_) => {
                let operand = self.name(expr)?;
                self.reads += usize::from(!operand.is_written());
                self.is_of_element(expr, &operand)?;
                Some(operand)
            }
            Expr::Unspecified => self.unsupported(expr, "this", "compare a field with a value"),
        }
    }

    fn name(&mut self, expr: &IdedExpr) -> Option<Operand> {
        match &expr.expr {
            Expr::Select(select) if select.test => self.has(expr, select),
            Expr::Select(select) => self.select(expr, &select.operand, &select.field),
            Expr::Ident(name) => match self.variable(name) {
                Some(value) => {
                    let value = value.clone();
                    self.step(expr, value.weight())?;
                    Some(value)
                }
                None => self.named(expr, name),
            },
            _ => None,
        }
    }

    /// What `exists` or `all` gave this name to.
    fn variable(&self, name: &str) -> Option<&Operand> {
        self.variables.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    fn literal(&mut self, expr: &IdedExpr, value: &LiteralValue) -> Option<Operand> {
        match value {
            LiteralValue::Boolean(value) => Some(Operand::Bool(*value.inner())),
            LiteralValue::Int(value) => Some(Operand::Int(*value.inner())),
            LiteralValue::String(value) => Some(Operand::Text(value.inner().to_owned())),
            LiteralValue::UInt(_) => self.unsupported(expr, "unsigned numbers", "leave out the `u`"),
            LiteralValue::Double(_) => self.unsupported(expr, "fractions", "compare with a whole number"),
            LiteralValue::Bytes(_) => self.unsupported(expr, "bytes", "write a string without the `b`"),
            LiteralValue::Null => self.unsupported(expr, "null", "ask `x.absent` or `x.unavailable`"),
        }
    }

    fn select(&mut self, expr: &IdedExpr, inner: &IdedExpr, name: &str) -> Option<Operand> {
        if let Expr::Ident(root) = &inner.expr
            && root == "macros"
        {
            return self.macro_named(expr, name);
        }
        if let Some(path) = dotted(expr).filter(|path| self.is_path(path)) {
            return self.path(expr, inner, name, &path);
        }
        let (operand, state) = (self.operand(inner)?, self.state(name));
        let found = operand.field().zip(state).map(|(field, state)| Operand::State(field, state));
        if found.is_none() {
            let message = format!("`{name}` is nothing that this has");
            let help = "fields have `.known`, `.absent` and `.unavailable`";
            self.cx.report(Diagnostic::new(Code::UnknownField, self.places.of(expr), message).help(help));
        }
        found
    }

    /// Whether a name with dots is one of the schema: neither a variable's nor a macro's.
    fn is_path(&self, path: &str) -> bool {
        let root = path.split('.').next().unwrap_or_default();
        root != "macros" && self.variable(root).is_none()
    }

    fn macro_named(&mut self, expr: &IdedExpr, name: &str) -> Option<Operand> {
        if let Some(found) = self.scope.macros.find(name) {
            let place = self.places.of(expr);
            let value = found?;
            self.step(expr, value.weight())?;
            return Some(value.clone().moved_to(&place));
        }
        let known: Vec<&str> = self.scope.macros.names().collect();
        let help = match did_you_mean(name, known.iter().copied()) {
            Some(near) => format!("did you mean `macros.{near}`?"),
            None if known.is_empty() => format!("this file has no macros: add `{name}` to `[macros]`"),
            None => format!("the macros of this file are {}", crate::read::listed(&known)),
        };
        let message = format!("there is no macro `{name}`");
        self.cx.report(Diagnostic::new(Code::UnknownMacro, self.places.of(expr), message).help(help));
        None
    }

    fn state(&self, name: &str) -> Option<State> {
        match name {
            "known" => Some(State::Known),
            "absent" => Some(State::Absent),
            "unavailable" => Some(State::Unavailable),
            _ => None,
        }
    }

    /// What a name with dots stands for, the longest name first: a signal may itself be called `x.known`.
    fn path(&mut self, expr: &IdedExpr, inner: &IdedExpr, last: &str, path: &str) -> Option<Operand> {
        let before = path.strip_suffix(last).and_then(|rest| rest.strip_suffix('.')).unwrap_or_default();
        if let Some(operand) = known_name(path) {
            return Some(operand);
        }
        if before == "lists" {
            return self.list(expr, last);
        }
        let field = known_name(before).and_then(|operand| operand.field());
        if let (Some(field), Some(state)) = (field, self.state(last)) {
            return Some(Operand::State(field, state));
        }
        if let Some(map) = map_of(inner) {
            return self.entry(expr, map, last);
        }
        // `request.headers.accept.known`: the name before is an entry of a map.
        if let (Some(state), Expr::Select(entry)) = (self.state(last), &inner.expr)
            && let Some(map) = map_of(&entry.operand)
        {
            let entry = self.entry(inner, map, &entry.field)?;
            return entry.field().map(|field| Operand::State(field, state));
        }
        self.unknown(expr, path)
    }

    fn named(&mut self, expr: &IdedExpr, name: &str) -> Option<Operand> {
        match known_name(name) {
            Some(operand) => Some(operand),
            None => self.unknown(expr, name),
        }
    }

    fn unknown(&mut self, expr: &IdedExpr, path: &str) -> Option<Operand> {
        let names = || {
            SIGNALS
                .iter()
                .map(|signal| signal.name)
                .chain(LISTS.iter().map(|(name, _)| *name))
                .chain(MAPS.iter().map(|(name, _)| *name))
        };
        let (stem, ending) = match path.rsplit_once('.') {
            Some((stem, ending)) if self.state(ending).is_some() => (stem, ending),
            _ => (path, ""),
        };
        let group = stem.split('.').next().unwrap_or_default();
        let siblings: Vec<&str> = names().filter(|name| name.split('.').next() == Some(group)).collect();
        if siblings.is_empty() && PLANNED.contains(&group) {
            let message = format!("this version cannot read `{path}` yet");
            let help = "leave it out; a limit counts what clients ask for, and its ladder says what becomes of those who go on";
            self.cx.report(Diagnostic::new(Code::NotYet, self.places.of(expr), message).help(help));
            return None;
        }
        let state = path.rsplit_once('.').filter(|(stem, _)| known_name(stem).is_some()).and_then(|(stem, state)| {
            Some(format!("did you mean `{stem}.{}`?", did_you_mean(state, ["known", "absent", "unavailable"])?))
        });
        let help = match did_you_mean(stem, names()) {
            _ if state.is_some() => state.unwrap_or_default(),
            Some(near) if ending.is_empty() => format!("did you mean `{near}`?"),
            Some(near) => format!("did you mean `{near}.{ending}`?"),
            None if siblings.is_empty() => {
                "docs/signals.md has every signal; headers are `request.headers[\"name\"]`".into()
            }
            None => format!("`{group}` has {}", crate::read::listed(&siblings)),
        };
        let message = format!("there is no signal `{path}`");
        self.cx.report(Diagnostic::new(Code::UnknownField, self.places.of(expr), message).label("unknown").help(help));
        None
    }

    fn list(&mut self, expr: &IdedExpr, name: &str) -> Option<Operand> {
        if let Some(place) = self.scope.lists.place(name) {
            self.cx.asked_lists.insert(place);
            return Some(Operand::List(place));
        }
        if self.scope.lists.is_broken(name) {
            return None;
        }
        let known: Vec<&str> = self.scope.lists.names().collect();
        let help = match did_you_mean(name, known.iter().copied()) {
            Some(near) => format!("did you mean `lists.{near}`?"),
            None if known.is_empty() => format!("this pack has no lists: add `[lists.{name}]`"),
            None => format!("the lists of this pack are {}", crate::read::listed(&known)),
        };
        let message = format!("there is no list `{name}`");
        self.cx.report(Diagnostic::new(Code::UnknownList, self.places.of(expr), message).help(help));
        None
    }

    pub(super) fn index(&mut self, expr: &IdedExpr, args: &[IdedExpr]) -> Option<Operand> {
        let [map, key] = args else { return None };
        match (map_of(map), self.operand(key)?) {
            (Some(map), Operand::Text(name)) => {
                let entry = self.entry(key, map, &name)?;
                self.reads += 1;
                self.is_of_element(expr, &entry)?;
                Some(entry)
            }
            (Some(_), _) => {
                let message = "a name must be written out as a string";
                self.cx.report(Diagnostic::new(Code::TypeMismatch, self.places.of(key), message));
                None
            }
            _ => self.unsupported(
                expr,
                "indexing",
                "only `request.headers`, `request.header_values`, `request.cookies` and `request.params` have entries",
            ),
        }
    }

    pub(super) fn entry(&mut self, expr: &IdedExpr, map: Map, name: &str) -> Option<Operand> {
        if matches!(map, Map::Headers | Map::HeaderValues) && name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            let message = format!("the header `{name}` is not in lower case, as all headers are here");
            let help = format!("write `{}`", name.to_ascii_lowercase());
            self.cx.report(Diagnostic::new(Code::HeaderCase, self.places.of(expr), message).help(help));
            return None;
        }
        if name.is_empty() {
            self.cx.report(Diagnostic::new(Code::UnknownField, self.places.of(expr), "a name is empty"));
            return None;
        }
        Some(map.entry(name))
    }

    /// How a sentence names the type of an operand.
    pub(super) fn name_of(&self, operand: &Operand) -> &'static str {
        match operand {
            Operand::List(place) => match self.scope.lists.contents(*place) {
                Some(Contents::Networks(_)) => "a list of networks",
                Some(Contents::Numbers(_)) => "a list of numbers",
                Some(Contents::Strings(_)) | None => "a list of strings",
            },
            other => other.kind(),
        }
    }
}

fn known_name(path: &str) -> Option<Operand> {
    if let Some(signal) = signals::by_name(path).and_then(|place| SIGNALS.get(place)) {
        return Some(Operand::Field(FieldKey::plain(Source::Signal(signal.name.to_owned())), signal.kind));
    }
    let list = LISTS.iter().find(|(name, _)| *name == path).map(|(_, list)| Operand::Many(list.clone()));
    list.or_else(|| named_map(path).map(Operand::Map))
}

/// The map that an expression names; a signal may have the same name, and is meant where no entry is asked for.
pub(super) fn map_of(expr: &IdedExpr) -> Option<Map> {
    dotted(expr).as_deref().and_then(named_map)
}

fn named_map(path: &str) -> Option<Map> {
    MAPS.iter().find(|(name, _)| *name == path).map(|(_, map)| *map)
}

/// `a.b.c`, when an expression is nothing else.
fn dotted(expr: &IdedExpr) -> Option<String> {
    match &expr.expr {
        Expr::Ident(name) => Some(name.clone()),
        Expr::Select(select) if !select.test => Some(format!("{}.{}", dotted(&select.operand)?, select.field)),
        _ => None,
    }
}
