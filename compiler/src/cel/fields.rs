//! What a name or an index stands for.

use super::{
    check::Checker,
    expr::{FieldKey, kind_name},
};
use crate::{
    diagnostic::{Code, Diagnostic, did_you_mean},
    lists::Contents,
};
use cel::{
    IdedExpr,
    common::ast::{Expr, LiteralValue, operators},
};
use outwork_engine::{
    rules::wire::Source,
    signals::{self, Kind, SIGNALS},
};

/// A value in a condition.
#[derive(Clone, Debug)]
pub(super) enum Operand {
    /// What a request has.
    Field(FieldKey, Kind),
    /// How many bytes a field has.
    Size(FieldKey),
    Bool(bool),
    Int(i64),
    Text(String),
    /// Written out: `["a", "b"]`.
    Written(Vec<(Operand, IdedExpr)>),
    /// A list of the pack, by its place.
    List(usize),
    Map(Map),
    State(FieldKey, State),
}

impl Operand {
    /// Whether it is the same for every request.
    pub(super) fn is_written(&self) -> bool {
        matches!(self, Self::Bool(_) | Self::Int(_) | Self::Text(_) | Self::Written(_) | Self::List(_))
    }
}

/// What is asked of a fact's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Known,
    Absent,
    Unavailable,
}

/// Fields by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Map {
    Headers,
    Cookies,
    Params,
}

const MAPS: &[(&str, Map)] =
    &[("request.headers", Map::Headers), ("request.cookies", Map::Cookies), ("request.params", Map::Params)];

impl Map {
    pub(super) fn field(self, name: &str) -> FieldKey {
        FieldKey::plain(match self {
            Self::Headers => Source::Header(name.to_owned()),
            Self::Cookies => Source::Cookie(name.to_owned()),
            Self::Params => Source::Param(name.to_owned()),
        })
    }
}

impl Checker<'_, '_> {
    /// The operand that an expression stands for; reports why it is none.
    pub(super) fn operand(&mut self, expr: &IdedExpr) -> Option<Operand> {
        match &expr.expr {
            Expr::Literal(value) => self.literal(expr, value),
            Expr::List(list) => {
                let elements: Option<Vec<_>> =
                    list.elements.iter().map(|item| Some((self.operand(item)?, item.clone()))).collect();
                elements.map(Operand::Written)
            }
            Expr::Ident(name) => self.named(expr, name),
            Expr::Select(select) if !select.test => self.select(expr, &select.operand, &select.field),
            Expr::Call(call) if call.func_name == operators::INDEX => self.index(expr, &call.args),
            Expr::Call(call) => self.value_call(expr, call),
            Expr::Comprehension(_) => self.unsupported(expr, "macros over lists", "name each value, or use `in`"),
            Expr::Map(_) | Expr::Struct(_) => self.unsupported(expr, "maps and messages", "compare single fields"),
            _ => self.unsupported(expr, "this", "compare a field with a value"),
        }
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
        if let Some(path) = dotted(expr) {
            return self.path(expr, inner, name, &path);
        }
        let state = self.state(name);
        match (self.operand(inner)?, state) {
            (Operand::Field(field, _), Some(state)) => Some(Operand::State(field, state)),
            _ => {
                let message = format!("`{name}` is nothing that this has");
                let help = "fields have `.known`, `.absent` and `.unavailable`";
                self.cx.report(Diagnostic::new(Code::UnknownField, self.places.of(expr), message).help(help));
                None
            }
        }
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
        if let (Some(Operand::Field(field, _)), Some(state)) = (known_name(before), self.state(last)) {
            return Some(Operand::State(field, state));
        }
        if let Some(map) = map_of(inner) {
            return self.entry(expr, map, last);
        }
        // `request.headers.accept.known`: the name before is an entry of a map.
        if let (Some(state), Expr::Select(entry)) = (self.state(last), &inner.expr)
            && let Some(map) = map_of(&entry.operand)
        {
            return self.entry(inner, map, &entry.field).and_then(|operand| match operand {
                Operand::Field(field, _) => Some(Operand::State(field, state)),
                _ => None,
            });
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
        let names = || SIGNALS.iter().map(|signal| signal.name).chain(MAPS.iter().map(|(name, _)| *name));
        let (stem, ending) = match path.rsplit_once('.') {
            Some((stem, ending)) if self.state(ending).is_some() => (stem, ending),
            _ => (path, ""),
        };
        let group = stem.split('.').next().unwrap_or_default();
        let siblings: Vec<&str> = names().filter(|name| name.split('.').next() == Some(group)).collect();
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

    fn index(&mut self, expr: &IdedExpr, args: &[IdedExpr]) -> Option<Operand> {
        let [map, key] = args else { return None };
        match (map_of(map), self.operand(key)?) {
            (Some(map), Operand::Text(name)) => self.entry(key, map, &name),
            (Some(_), _) => {
                let message = "a name must be written out as a string";
                self.cx.report(Diagnostic::new(Code::TypeMismatch, self.places.of(key), message));
                None
            }
            _ => self.unsupported(
                expr,
                "indexing",
                "only `request.headers`, `request.cookies` and `request.params` have entries",
            ),
        }
    }

    pub(super) fn entry(&mut self, expr: &IdedExpr, map: Map, name: &str) -> Option<Operand> {
        if map == Map::Headers && name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            let message = format!("the header `{name}` is not in lower case, as all headers are here");
            let help = format!("write `{}`", name.to_ascii_lowercase());
            self.cx.report(Diagnostic::new(Code::HeaderCase, self.places.of(expr), message).help(help));
            return None;
        }
        if name.is_empty() {
            self.cx.report(Diagnostic::new(Code::UnknownField, self.places.of(expr), "a name is empty"));
            return None;
        }
        Some(Operand::Field(map.field(name), Kind::Text))
    }

    /// How a sentence names the type of an operand.
    pub(super) fn name_of(&self, operand: &Operand) -> &'static str {
        match operand {
            Operand::Field(_, kind) => kind_name(*kind),
            Operand::Size(_) | Operand::Int(_) => "a number",
            Operand::Bool(_) | Operand::State(..) => "true or false",
            Operand::Text(_) => "text",
            Operand::Written(_) => "a list",
            Operand::List(place) => match self.scope.lists.contents(*place) {
                Some(Contents::Networks(_)) => "a list of networks",
                Some(Contents::Numbers(_)) => "a list of numbers",
                Some(Contents::Strings(_)) | None => "a list of strings",
            },
            Operand::Map(_) => "a map of fields",
        }
    }
}

fn known_name(path: &str) -> Option<Operand> {
    if let Some(signal) = signals::by_name(path).and_then(|place| SIGNALS.get(place)) {
        return Some(Operand::Field(FieldKey::plain(Source::Signal(signal.name.to_owned())), signal.kind));
    }
    named_map(path).map(Operand::Map)
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
