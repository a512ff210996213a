//! Anubis in small, by its documentation and source: what its policy makes of a request. It shares no code with the
//! importer: YAML is read anew, expressions run in crate `cel`'s interpreter, patterns in crate `regex`.

use cel::{Context, ExecutionError, Program, Value as Cel};
use outwork_compiler::Request;
use outwork_engine::fact::Fact;
use regex::Regex;
use serde_json::Value;
use std::{cell::RefCell, collections::HashMap, net::IpAddr, path::Path, sync::Arc};

/// What Anubis does with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Allow,
    Challenge,
    /// What only Outwork says.
    Exempt,
    Deny,
    /// An expression failed: Anubis answers with an error page.
    Error,
}

/// A policy, flattened.
pub(crate) struct Anubis {
    pub(crate) bots: Vec<Bot>,
    thresholds: Vec<(Program, String)>,
}

pub(crate) struct Bot {
    pub(crate) name: String,
    pub(crate) source: Value,
    action: String,
    adjust: i64,
    networks: Option<Vec<(IpAddr, u32)>>,
    patterns: Vec<(Reads, Regex)>,
    sent: Vec<String>,
    expression: Option<Program>,
    countries: Option<Vec<String>>,
    asns: Option<Vec<u64>>,
}

enum Reads {
    Header(String),
    Path,
}

/// A request as Go's `net/http` has it.
struct Seen {
    headers: HashMap<String, Vec<String>>,
    path: String,
    query: HashMap<String, Vec<String>>,
    method: String,
    host: String,
    address: Option<IpAddr>,
    country: Option<String>,
    asn: Option<u64>,
    /// What the name servers say of the address.
    confirmed: bool,
}

impl Anubis {
    /// Reads a policy, or a list of rules, of Anubis's data folder.
    pub(crate) fn read(data: &Path, file: &Path) -> Self {
        let mut anubis = Self { bots: Vec::new(), thresholds: Vec::new() };
        let document = yaml(file);
        let list = document.get("bots").unwrap_or(&document).as_array().unwrap().clone();
        anubis.add(data, &list);
        let thresholds = document.get("thresholds").and_then(Value::as_array).cloned().unwrap_or_default();
        for threshold in &thresholds {
            let program = program(&expression(&threshold["expression"]));
            anubis.thresholds.push((program, threshold["action"].as_str().unwrap().to_owned()));
        }
        if thresholds.is_empty() {
            anubis.thresholds.push((Program::compile("weight > 0").unwrap(), "CHALLENGE".into()));
        }
        anubis
    }

    fn add(&mut self, data: &Path, list: &[Value]) {
        for entry in list {
            match entry.get("import").and_then(Value::as_str) {
                Some(import) => {
                    let inner = yaml(&data.join(import.strip_prefix("(data)/").unwrap()));
                    self.add(data, inner.as_array().unwrap());
                }
                None => self.bots.push(Bot::read(entry)),
            }
        }
    }

    /// The verdict, and the names of the rules that matched until then.
    pub(crate) fn decide(&self, request: &Request, confirmed: bool) -> (Verdict, Vec<&str>) {
        let seen = Seen::of(request, confirmed);
        let (mut weight, mut matched) = (0, Vec::new());
        for bot in &self.bots {
            match bot.matches(&seen) {
                Err(_) => return (Verdict::Error, matched),
                Ok(false) => continue,
                Ok(true) => matched.push(bot.name.as_str()),
            }
            match bot.action.as_str() {
                "WEIGH" => weight += bot.adjust,
                action => return (verdict(action), matched),
            }
        }
        let mut context = Context::default();
        context.add_variable_from_value("weight", weight);
        let first = self.thresholds.iter().find(|(test, _)| matches!(test.execute(&context), Ok(Cel::Bool(true))));
        (first.map_or(Verdict::Allow, |(_, action)| verdict(action)), matched)
    }
}

fn verdict(action: &str) -> Verdict {
    match action {
        "ALLOW" => Verdict::Allow,
        "DENY" => Verdict::Deny,
        "CHALLENGE" => Verdict::Challenge,
        other => panic!("{other}"),
    }
}

fn yaml(path: &Path) -> Value {
    serde_saphyr::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// `( a ) && ( b )`, as Anubis joins lists.
fn expression(value: &Value) -> String {
    let joined = |key: &str, with: &str| {
        let parts = value.get(key)?.as_array()?;
        Some(parts.iter().map(|part| format!("( {} )", part.as_str().unwrap())).collect::<Vec<_>>().join(with))
    };
    let text = value.as_str().map(str::to_owned);
    text.or_else(|| joined("all", " && ")).or_else(|| joined("any", " || ")).unwrap()
}

impl Bot {
    fn read(entry: &Value) -> Self {
        let text = |key: &str| entry.get(key).and_then(Value::as_str);
        let mut patterns = Vec::new();
        let mut sent = Vec::new();
        if let Some(pattern) = text("user_agent_regex") {
            patterns.push((Reads::Header("User-Agent".into()), pattern.to_owned()));
        }
        if let Some(pattern) = text("path_regex") {
            patterns.push((Reads::Path, pattern.to_owned()));
        }
        for (name, pattern) in entry.get("headers_regex").and_then(Value::as_object).into_iter().flatten() {
            match pattern.as_str().unwrap() {
                ".*" => sent.push(canonical(name)),
                pattern => patterns.push((Reads::Header(canonical(name)), pattern.to_owned())),
            }
        }
        let array = |value: Option<&Value>| value.map(|value| value.as_array().unwrap().clone());
        Self {
            name: text("name").unwrap().to_owned(),
            source: entry.clone(),
            action: text("action").unwrap().to_owned(),
            adjust: entry.pointer("/weight/adjust").and_then(Value::as_i64).unwrap_or(5),
            networks: array(entry.get("remote_addresses")).map(|list| list.iter().map(network).collect()),
            patterns: patterns.into_iter().map(|(of, text)| (of, go(text.trim()))).collect(),
            sent,
            expression: entry.get("expression").map(|value| program(&expression(value))),
            countries: array(entry.pointer("/geoip/countries"))
                .map(|list| list.iter().map(|one| one.as_str().unwrap().to_owned()).collect()),
            asns: array(entry.pointer("/asns/match"))
                .map(|list| list.iter().map(|one| one.as_u64().unwrap()).collect()),
        }
    }

    fn matches(&self, seen: &Seen) -> Result<bool, ExecutionError> {
        let from = |networks: &Vec<(IpAddr, u32)>| {
            seen.address.is_some_and(|address| networks.iter().any(|network| holds(*network, address)))
        };
        if self.networks.as_ref().is_some_and(|networks| !from(networks)) {
            return Ok(false);
        }
        let found = |(of, pattern): &(Reads, Regex)| match of {
            Reads::Path => pattern.is_match(&seen.path),
            Reads::Header(name) => pattern.is_match(seen.header(name)),
        };
        if !self.patterns.iter().all(found) || self.sent.iter().any(|name| seen.header(name).is_empty()) {
            return Ok(false);
        }
        if let Some(program) = &self.expression
            && !seen.evaluate(program)?
        {
            return Ok(false);
        }
        let country = |list: &Vec<String>| seen.country.as_ref().is_some_and(|country| list.contains(country));
        let asn = |list: &Vec<u64>| seen.asn.is_some_and(|asn| list.contains(&asn));
        Ok(self.countries.as_ref().is_none_or(country) && self.asns.as_ref().is_none_or(asn))
    }
}

impl Seen {
    fn of(request: &Request, confirmed: bool) -> Self {
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let mut seen = Self {
            headers: HashMap::new(),
            path: decoded(path),
            query: HashMap::new(),
            method: request.method.clone(),
            host: request.authority.clone(),
            address: request.address.known(),
            country: request.country.clone().known(),
            asn: request.asn.known().map(u64::from),
            confirmed,
        };
        for (name, value) in &request.headers {
            let value = String::from_utf8_lossy(value).into_owned();
            seen.headers.entry(canonical(name)).or_default().push(value);
        }
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            seen.query.entry(decoded(name)).or_default().push(decoded(value));
        }
        seen
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|values| values.first()).map_or("", String::as_str)
    }

    fn evaluate(&self, program: &Program) -> Result<bool, ExecutionError> {
        let mut context = Context::default();
        let joined = |map: &HashMap<String, Vec<String>>| -> HashMap<String, Cel> {
            map.iter().map(|(name, values)| (name.clone(), Cel::String(Arc::new(values.join(","))))).collect()
        };
        context.add_variable_from_value("headers", joined(&self.headers));
        context.add_variable_from_value("query", joined(&self.query));
        context.add_variable_from_value("userAgent", self.header("User-Agent").to_owned());
        context.add_variable_from_value("path", self.path.clone());
        context.add_variable_from_value("method", self.method.clone());
        context.add_variable_from_value("host", self.host.clone());
        let address = self.address.map(|address| address.to_string()).unwrap_or_default();
        context.add_variable_from_value("remoteAddress", address);
        context.add_variable_from_value("load_1m", 0.0);
        functions(&mut context, self.confirmed);
        match program.execute(&context)? {
            Cel::Bool(value) => Ok(value),
            _ => Ok(false),
        }
    }
}

thread_local! {
    static COMPILED: RefCell<HashMap<String, Regex>> = RefCell::default();
}

/// A pattern as Go reads it: characters are Unicode, the classes with letters ASCII.
fn go(pattern: &str) -> Regex {
    let plain = pattern.replace("\\d", "[0-9]").replace("\\w", "[0-9A-Za-z_]").replace("\\s", "[\\t\\n\\f\\r ]");
    Regex::new(&plain).unwrap()
}

/// The crate's own `matches`, where another crate of the build asks for it, reads patterns as Rust does: ours has a name of its own.
fn program(expression: &str) -> Program {
    Program::compile(&expression.replace(".matches(", ".matchesAsGo(")).unwrap()
}

fn functions(context: &mut Context<'_, '_>, confirmed: bool) {
    use cel::extractors::This;
    let matches = |This(text): This<Arc<String>>, pattern: Arc<String>| {
        COMPILED
            .with_borrow_mut(|known| known.entry(pattern.to_string()).or_insert_with(|| go(&pattern)).is_match(&text))
    };
    context.add_function("matchesAsGo", matches).unwrap();
    context.add_function("verifyFCrDNS", move |_: Arc<String>, _: Arc<String>| confirmed).unwrap();
}

fn network(value: &Value) -> (IpAddr, u32) {
    let (address, length) = value.as_str().unwrap().split_once('/').unwrap();
    (address.parse().unwrap(), length.parse().unwrap())
}

fn holds((first, length): (IpAddr, u32), address: IpAddr) -> bool {
    match (first, address) {
        (IpAddr::V4(a), IpAddr::V4(b)) => length == 0 || (a.to_bits() ^ b.to_bits()) >> (32 - length) == 0,
        (IpAddr::V6(a), IpAddr::V6(b)) => length == 0 || (a.to_bits() ^ b.to_bits()) >> (128 - length) == 0,
        _ => false,
    }
}

pub(crate) fn canonical(name: &str) -> String {
    let parts = name.split('-').map(|part| match part.split_at_checked(1) {
        Some((first, rest)) => first.to_ascii_uppercase() + &rest.to_ascii_lowercase(),
        None => String::new(),
    });
    parts.collect::<Vec<_>>().join("-")
}

fn decoded(text: &str) -> String {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        out.extend(before.bytes());
        let escaped = after.get(..2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        out.push(escaped.unwrap_or(b'%'));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    out.extend(rest.bytes());
    String::from_utf8_lossy(&out).into_owned()
}

/// The address of a request, when it has one.
pub(crate) fn from(address: &str) -> Fact<IpAddr> {
    Fact::Known(address.parse().unwrap())
}
