//! Anubis's CEL as ours.
//!
//! An expression there has a value or fails; where it fails here it is unknown, and neither makes a rule fire. What
//! Anubis can ask and nobody here can answer (the name server, the load of the machine, chance) becomes `false` in
//! negation normal form, and is told.

use super::fields::{Field, Missing, canonical};
use crate::{
    condition::{Condition, listed, quoted},
    pattern::Pattern,
};
use cel::{
    IdedExpr,
    common::ast::{CallExpr, Expr, LiteralValue, operators as op},
    parser::Parser,
};
use std::net::IpAddr;

/// The longest expression, and how deep it may nest; crate `cel` parses by recursion.
const MAX_BYTES: usize = 64 << 10;
const MAX_NESTING: usize = 32;

/// Translates an expression; what is lost on the way is told in `losses`.
pub(super) fn translate(text: &str, losses: &mut Vec<String>) -> Condition {
    let (mut depth, mut deepest) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    if text.len() > MAX_BYTES || deepest > MAX_NESTING {
        losses.push("the expression is too long or nests too deeply".into());
        return Condition::Constant(false);
    }
    match Parser::new().parse(text) {
        Ok(expr) => Translator { losses }.condition(&expr, true),
        Err(_) => {
            losses.push(format!("the expression `{}` is not CEL", text.trim()));
            Condition::Constant(false)
        }
    }
}

struct Translator<'a> {
    losses: &'a mut Vec<String>,
}

impl Translator<'_> {
    /// The condition that an expression is `wanted`.
    fn condition(&mut self, expr: &IdedExpr, wanted: bool) -> Condition {
        match &expr.expr {
            Expr::Literal(LiteralValue::Boolean(value)) => Condition::Constant(*value.inner() == wanted),
            Expr::Call(call) => self.call(call, wanted),
            _ => self.lost("this version reads no such expression"),
        }
    }

    fn call(&mut self, call: &CallExpr, wanted: bool) -> Condition {
        let args = call.args.as_slice();
        match (call.func_name.as_str(), &call.target, args) {
            (op::LOGICAL_NOT, None, [inner]) => self.condition(inner, !wanted),
            (op::LOGICAL_AND, None, parts) => self.joined(parts, wanted, wanted),
            (op::LOGICAL_OR, None, parts) => self.joined(parts, wanted, !wanted),
            (op::CONDITIONAL, None, [test, yes, no]) => {
                let first = Condition::all([self.condition(test, true), self.condition(yes, wanted)]);
                Condition::any([first, Condition::all([self.condition(test, false), self.condition(no, wanted)])])
            }
            (op::EQUALS | op::NOT_EQUALS, None, [left, right]) => {
                self.equal(left, right, wanted == (call.func_name == op::EQUALS))
            }
            (op::LESS | op::LESS_EQUALS | op::GREATER | op::GREATER_EQUALS, None, [left, right]) => {
                self.ordered(&call.func_name, left, right, wanted)
            }
            (op::IN, None, [value, of]) => self.within(value, of, wanted),
            ("missingHeader", None, [map, key]) if is_named(map, "headers") => self.has_entry("headers", key, !wanted),
            (name @ ("contains" | "startsWith" | "endsWith" | "matches"), Some(target), [arg]) => {
                self.method(name, target, arg, wanted)
            }
            (name, ..) => self.unknown_function(name),
        }
    }

    /// `&&` and `||`: all parts where `all`, else any of them, by De Morgan.
    fn joined(&mut self, parts: &[IdedExpr], wanted: bool, all: bool) -> Condition {
        let parts: Vec<_> = parts.iter().map(|part| self.condition(part, wanted)).collect();
        if all { Condition::all(parts) } else { Condition::any(parts) }
    }

    fn equal(&mut self, left: &IdedExpr, right: &IdedExpr, wanted: bool) -> Condition {
        let (field, value) =
            if literal(right).is_some() || number(right).is_some() { (left, right) } else { (right, left) };
        if let Some(count) = number(value) {
            return self.counted(field, op::EQUALS, count, wanted);
        }
        let Some(text) = literal(value) else { return self.lost("only a field and a written value can be compared") };
        if is_named(field, "remoteAddress") {
            return self.address(&[text], wanted);
        }
        match self.field(field) {
            Some(field) => {
                let question = Condition::ask(format!("{} == {}", field.here, quoted(&text)));
                field.holds(question, text.is_empty(), wanted)
            }
            None => self.lost_field(field),
        }
    }

    fn ordered(&mut self, operator: &str, left: &IdedExpr, right: &IdedExpr, wanted: bool) -> Condition {
        let turned = match operator {
            op::LESS => op::GREATER,
            op::LESS_EQUALS => op::GREATER_EQUALS,
            op::GREATER => op::LESS,
            _ => op::LESS_EQUALS,
        };
        match (number(left), number(right)) {
            (_, Some(count)) => self.counted(left, operator, count, wanted),
            (Some(count), None) => self.counted(right, turned, count, wanted),
            (None, None) => self.lost_field(left),
        }
    }

    /// A size compared with a number.
    fn counted(&mut self, expr: &IdedExpr, operator: &str, count: i64, wanted: bool) -> Condition {
        let Some(of) = sized(expr) else { return self.lost_field(expr) };
        if let Expr::Call(call) = &of.expr
            && call.func_name == "segments"
            && call.args.first().is_some_and(|arg| is_named(arg, "path"))
        {
            return segments(operator, count, wanted);
        }
        if is_named(of, "query") {
            return self.no_query(operator, count, wanted);
        }
        let Some(field) = self.field(of) else { return self.lost_field(of) };
        let (sign, of_empty) = match operator {
            op::EQUALS => ("==", count == 0),
            op::LESS => ("<", 0 < count),
            op::LESS_EQUALS => ("<=", 0 <= count),
            op::GREATER => (">", 0 > count),
            _ => (">=", 0 >= count),
        };
        let (yes, no) =
            (format!("size({}) {sign} {count}", field.here), format!("!(size({}) {sign} {count})", field.here));
        let asked = Condition::ask(if wanted { yes } else { no });
        if field.missing == Missing::Empty && of_empty == wanted {
            return Condition::any([Condition::ask(format!("!{}.known", field.here)), asked]);
        }
        asked
    }

    /// Whether there are query parameters at all; how many there are, nobody counts here.
    fn no_query(&mut self, operator: &str, count: i64, wanted: bool) -> Condition {
        let none = match (operator, count) {
            (op::EQUALS | op::LESS_EQUALS, 0) | (op::LESS, 1) => wanted,
            (op::GREATER, 0) | (op::GREATER_EQUALS, 1) => !wanted,
            _ => return self.lost("query parameters are not counted"),
        };
        if none {
            Condition::any([Condition::ask("!request.query.known"), Condition::ask("request.query == \"\"")])
        } else {
            Condition::ask("request.query != \"\"")
        }
    }

    fn within(&mut self, value: &IdedExpr, of: &IdedExpr, wanted: bool) -> Condition {
        for map in ["headers", "query"] {
            if is_named(of, map) {
                return self.has_entry(map, value, wanted);
            }
        }
        let Expr::List(list) = &of.expr else { return self.lost_field(of) };
        let Some(texts) = list.elements.iter().map(literal).collect::<Option<Vec<_>>>() else {
            return self.lost("a list holds what is not written out");
        };
        if is_named(value, "remoteAddress") {
            return self.address(&texts, wanted);
        }
        let Some(field) = self.field(value) else { return self.lost_field(value) };
        let of_empty = texts.iter().any(String::is_empty);
        let question = Condition::ask(format!("{} in {}", field.here, listed(texts.iter().map(String::as_str))));
        field.holds(question, of_empty, wanted)
    }

    /// Whether a header or parameter was sent.
    fn has_entry(&mut self, map: &str, key: &IdedExpr, wanted: bool) -> Condition {
        let Some(key) = literal(key) else { return self.lost("a name that is not written out") };
        if map == "query" {
            return asked(format!("{} in request.params", quoted(&key)), wanted);
        }
        if !self.is_found(&key) {
            return Condition::Constant(!wanted);
        }
        asked(format!("{} in request.headers", quoted(&key.to_ascii_lowercase())), wanted)
    }

    /// Anubis looks headers up as Go writes their names; under another name, and under `Host`, it finds none.
    fn is_found(&mut self, name: &str) -> bool {
        let found = canonical(name) == name && name != "Host";
        if !found {
            self.losses.push(format!("Anubis never finds a header under `{name}`, and neither does the pack"));
        }
        found
    }

    fn method(&mut self, name: &str, target: &IdedExpr, arg: &IdedExpr, wanted: bool) -> Condition {
        let Some(text) = literal(arg) else { return self.lost("a text that is not written out") };
        let (lower, of) = match &target.expr {
            Expr::Call(call) if call.func_name == "lowerAscii" => match &call.target {
                Some(of) => (".lowerAscii()", &**of),
                None => return self.lost_field(target),
            },
            _ => ("", target),
        };
        let Some(field) = self.field(of) else { return self.lost_field(of) };
        let here = format!("{}{lower}", field.here);
        if name != "matches" {
            let question = Condition::ask(format!("{here}.{name}({})", quoted(&text)));
            return field.holds(question, text.is_empty(), wanted);
        }
        match Pattern::read(&text) {
            Ok(pattern) => field.holds(pattern.ask(&here), pattern.matches_empty, wanted),
            Err(why) => self.lost(&why),
        }
    }

    fn address(&mut self, texts: &[String], wanted: bool) -> Condition {
        let (good, bad): (Vec<&String>, Vec<&String>) = texts.iter().partition(|text| text.parse::<IpAddr>().is_ok());
        for text in bad {
            self.losses.push(format!("`{text}` is no address, and no client has it"));
        }
        match good.as_slice() {
            [] => Condition::Constant(!wanted),
            [one] => Condition::ask(format!("client.address {} {}", if wanted { "==" } else { "!=" }, quoted(one))),
            many => asked(format!("client.address in {}", listed(many.iter().map(|text| text.as_str()))), wanted),
        }
    }

    /// The text of a request that an expression names.
    fn field(&mut self, expr: &IdedExpr) -> Option<Field> {
        match &expr.expr {
            Expr::Ident(name) => match name.as_str() {
                "userAgent" => Some(Field::user_agent()),
                "path" => Some(Field::always("request.path")),
                "method" => Some(Field::always("request.method")),
                "host" => Some(Field::always("request.authority")),
                _ => None,
            },
            Expr::Call(call) if call.func_name == op::INDEX => match call.args.as_slice() {
                [map, key] => self.entry(map, &literal(key)?),
                _ => None,
            },
            Expr::Select(select) if !select.test => self.entry(&select.operand, &select.field),
            _ => None,
        }
    }

    fn entry(&mut self, map: &IdedExpr, key: &str) -> Option<Field> {
        if is_named(map, "query") {
            return Some(Field::parameter(key));
        }
        (is_named(map, "headers") && self.is_found(key)).then(|| Field::header(key, Missing::Error))
    }

    fn unknown_function(&mut self, name: &str) -> Condition {
        match name {
            "verifyFCrDNS" | "reverseDNS" | "lookupHost" | "arpaReverseIP" | "check" => {
                self.lost(&format!("`{name}` asks name servers, and no host does that while a request waits"))
            }
            "randInt" => self.lost("`randInt` decides by chance, and the same request is always decided alike here"),
            _ => self.lost(&format!("there is no `{name}` here")),
        }
    }

    fn lost_field(&mut self, expr: &IdedExpr) -> Condition {
        match &expr.expr {
            Expr::Ident(name) if name.starts_with("load_") => {
                self.lost(&format!("`{name}` is the load of Anubis's machine, which no host here knows"))
            }
            Expr::Ident(name) if name == "contentLength" => self.lost("`contentLength` as a number is not known here"),
            Expr::Ident(name) if name == "remoteAddress" => {
                self.lost("addresses are not text here: name networks in `remote_addresses`")
            }
            Expr::Ident(name) => self.lost(&format!("`{name}` cannot be asked like this here")),
            Expr::Call(call) => self.unknown_function(&call.func_name.clone()),
            Expr::Comprehension(_) => self.lost("macros over headers and parameters are not carried over"),
            _ => self.lost("this version reads no such expression"),
        }
    }

    fn lost(&mut self, why: &str) -> Condition {
        self.losses.push(format!("{why}: that part counts as not known"));
        Condition::Constant(false)
    }
}

fn asked(question: String, wanted: bool) -> Condition {
    Condition::ask(if wanted { question } else { format!("!({question})") })
}

/// The number of a path's parts: `/a/b/` has three there, the last one empty, one for each slash.
fn segments(operator: &str, count: i64, wanted: bool) -> Condition {
    let at_least = |count: i64, wanted: bool| {
        if count <= 0 {
            return Condition::Constant(wanted);
        }
        let sign = if wanted { "" } else { "!" };
        Condition::ask(format!("{sign}request.path.matches(\"^(?:/[^/]*){{{count}}}\")"))
    };
    let next = count.saturating_add(1);
    match (operator, wanted) {
        (op::EQUALS, true) => Condition::all([at_least(count, true), at_least(next, false)]),
        (op::EQUALS, false) => Condition::any([at_least(count, false), at_least(next, true)]),
        (op::LESS, _) => at_least(count, !wanted),
        (op::LESS_EQUALS, _) => at_least(next, !wanted),
        (op::GREATER, _) => at_least(next, wanted),
        _ => at_least(count, wanted),
    }
}

fn is_named(expr: &IdedExpr, name: &str) -> bool {
    matches!(&expr.expr, Expr::Ident(known) if known == name)
}

/// What `size(x)` or `x.size()` is taken of.
fn sized(expr: &IdedExpr) -> Option<&IdedExpr> {
    let Expr::Call(call) = &expr.expr else { return None };
    if call.func_name != "size" {
        return None;
    }
    call.target.as_deref().or(call.args.first())
}

/// A text that is known already: written out, put together with `+`, or escaped.
fn literal(expr: &IdedExpr) -> Option<String> {
    match &expr.expr {
        Expr::Literal(LiteralValue::String(text)) => Some(text.inner().to_owned()),
        Expr::Call(call) if call.func_name == op::ADD => {
            let [left, right] = call.args.as_slice() else { return None };
            Some(literal(left)? + &literal(right)?)
        }
        Expr::Call(call) if call.func_name == "regexSafe" => Some(regex_syntax::escape(&literal(call.args.first()?)?)),
        _ => None,
    }
}

fn number(expr: &IdedExpr) -> Option<i64> {
    match &expr.expr {
        Expr::Literal(LiteralValue::Int(value)) => Some(*value.inner()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_said_in_our_words() {
        for (anubis, ours) in [
            (r#"userAgent == """#, r#"!request.headers["user-agent"].known || request.headers["user-agent"] == """#),
            (r#"!("Accept" in headers)"#, r#"!("accept" in request.headers)"#),
            (r#"missingHeader(headers, "Sec-Ch-Ua")"#, r#"!("sec-ch-ua" in request.headers)"#),
            (r#"headers["Accept"].contains("a b")"#, r#"request.headers["accept"].contains("a b")"#),
            (r#"!(method == "HEAD" || method == "GET")"#, r#"request.method != "HEAD" && request.method != "GET""#),
            (
                r#""go-get" in query && query["go-get"] == "1""#,
                r#""go-get" in request.params && request.params["go-get"] == "1""#,
            ),
            (
                r#"remoteAddress == "1.2.3.4" || remoteAddress == "2a01::1""#,
                r#"client.address == "1.2.3.4" || client.address == "2a01::1""#,
            ),
            (r#"size(segments(path)) < 2"#, r#"!request.path.matches("^(?:/[^/]*){2}")"#),
            (r#"size(query) == 0"#, r#"!request.query.known || request.query == """#),
            (r#"userAgent.matches("^" + regexSafe("a.b"))"#, r#"request.headers["user-agent"].startsWith("a.b")"#),
            (
                r#"path == "/" ? method == "GET" : host == "a""#,
                r#"(request.path == "/" && request.method == "GET") || (request.path != "/" && request.authority == "a")"#,
            ),
        ] {
            let mut losses = Vec::new();
            assert_eq!(translate(anubis, &mut losses).text(), ours, "{anubis}");
            assert_eq!(losses, Vec::<String>::new(), "{anubis}");
        }
    }

    #[test]
    fn what_cannot_be_asked_never_makes_a_rule_fire() {
        for anubis in [
            "load_1m >= 10.0",
            "!(load_1m >= 10.0)",
            "randInt(16) >= 4",
            r#"userAgent.matches("a") && verifyFCrDNS(remoteAddress, "x$")"#,
            r#"!(path == "/" || verifyFCrDNS(remoteAddress))"#,
            r#"userAgent.matches("(?=a)")"#,
            "contentLength > 5",
            "headers.all(k, k == 'x')",
            "path ==",
            r#""x-lower" in headers"#,
        ] {
            let mut losses = Vec::new();
            assert_eq!(translate(anubis, &mut losses), Condition::Constant(false), "{anubis}");
            assert!(!losses.is_empty(), "{anubis}");
        }
        let mut losses = Vec::new();
        let rest = translate(r#"path == "/a" || load_15m < 1.0"#, &mut losses);
        assert_eq!((rest.text().as_str(), losses.len()), (r#"request.path == "/a""#, 1));
    }
}
