//! Requests for a policy: for each rule one that matches it and some that barely do not, made of what the rule names.

use crate::reference::{Bot, canonical, from};
use outwork_compiler::Request;
use regex::Regex;
use regex_syntax::hir::{Class, Hir, HirKind};
use serde_json::Value;

/// What rules say nothing about.
const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0";
const ELSEWHERE: &str = "203.0.113.200";

/// The requests that a rule gives rise to.
pub(crate) fn of(bot: &Bot) -> Vec<Request> {
    let mut whole = vec![plain("Tool/1.0")];
    whole = each(whole, agents(bot), |request, agent| header(request, "user-agent", agent));
    whole = each(whole, paths(bot), |request, path| request.target = path.clone());
    whole = each(whole, addresses(bot), |request, address| request.address = from(address));
    for (name, value) in headers(bot) {
        whole = each(whole, vec![value], |request, value| header(request, &name, value));
    }
    for text in expressions(bot) {
        whole.extend(whole.clone().into_iter().map(|request| satisfying(request, &text)).collect::<Vec<_>>());
    }
    whole = each(whole, words(&bot.source, "/geoip/countries"), |request, country| {
        request.country = outwork_engine::fact::Fact::Known(country.clone());
    });
    whole = each(whole, words(&bot.source, "/asns/match"), |request, asn| {
        request.asn = outwork_engine::fact::Fact::Known(asn.parse().unwrap());
    });
    let near: Vec<Request> = whole.iter().flat_map(nearly).collect();
    whole.extend(near);
    whole
}

/// A request without anything that a rule could name, but for its user agent.
pub(crate) fn plain(agent: &str) -> Request {
    let headers = vec![("user-agent".to_owned(), agent.as_bytes().to_vec())];
    Request { headers, address: from(ELSEWHERE), ordered: true, ..Request::default() }
}

/// Every request with every value; the requests as they are, when there is none.
fn each(requests: Vec<Request>, values: Vec<String>, set: impl Fn(&mut Request, &String)) -> Vec<Request> {
    if values.is_empty() {
        return requests;
    }
    let with = |request: &Request, value: &String| {
        let mut request = request.clone();
        set(&mut request, value);
        request
    };
    requests.iter().flat_map(|request| values.iter().map(|value| with(request, value)).collect::<Vec<_>>()).collect()
}

pub(crate) fn header(request: &mut Request, name: &str, value: &str) {
    request.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    request.headers.push((name.to_ascii_lowercase(), value.as_bytes().to_vec()));
}

/// What is one step away: a header less, a user agent shorter by a letter, in other case, or a browser's, another
/// address, another path.
fn nearly(request: &Request) -> Vec<Request> {
    let mut out = Vec::new();
    let mut with = |change: &dyn Fn(&mut Request)| {
        let mut near = request.clone();
        change(&mut near);
        out.push(near);
    };
    for (name, value) in &request.headers {
        with(&|near| near.headers.retain(|(known, _)| known != name));
        let text = String::from_utf8_lossy(value).into_owned();
        let shorter: String = text.chars().skip(1).collect();
        with(&|near| header(near, name, &shorter));
        let shorter: String = text.chars().take(text.chars().count().saturating_sub(1)).collect();
        with(&|near| header(near, name, &shorter));
        with(&|near| header(near, name, &text.to_uppercase()));
        with(&|near| header(near, name, &text.to_lowercase()));
        with(&|near| header(near, name, ""));
    }
    with(&|near| header(near, "user-agent", BROWSER));
    with(&|near| near.address = from(ELSEWHERE));
    with(&|near| near.target = format!("/x{}", near.target));
    with(&|near| near.target.push_str("?a=b"));
    with(&|near| near.method = "POST".into());
    with(&|near| near.country = outwork_engine::fact::Fact::Unavailable);
    with(&|near| near.asn = outwork_engine::fact::Fact::Known(64_500));
    out
}

/// A text for each alternative of the rule's pattern.
fn agents(bot: &Bot) -> Vec<String> {
    samples_of(bot, "user_agent_regex")
}

fn paths(bot: &Bot) -> Vec<String> {
    samples_of(bot, "path_regex")
}

fn samples_of(bot: &Bot, key: &str) -> Vec<String> {
    bot.source.get(key).and_then(Value::as_str).map(samples).unwrap_or_default()
}

fn headers(bot: &Bot) -> Vec<(String, String)> {
    let map = bot.source.get("headers_regex").and_then(Value::as_object);
    let value = |pattern: &Value| samples(pattern.as_str().unwrap()).pop().filter(|text| !text.is_empty());
    map.into_iter().flatten().map(|(name, pattern)| (name.clone(), value(pattern).unwrap_or("x".into()))).collect()
}

/// The first and last address of the first networks, and those just outside them.
fn addresses(bot: &Bot) -> Vec<String> {
    let networks = words(&bot.source, "/remote_addresses");
    let chosen = networks.iter().take(3).chain(networks.iter().rev().take(2));
    chosen.flat_map(|network| edges(network)).collect()
}

fn edges(network: &str) -> Vec<String> {
    let (address, length) = network.split_once('/').unwrap();
    let length: u32 = length.parse().unwrap();
    match address.parse().unwrap() {
        std::net::IpAddr::V4(v4) => {
            let size = 1_u64 << (32 - length);
            let first = u64::from(v4.to_bits()) / size * size;
            let all = [first, first + size - 1, first + size, first.saturating_sub(1)];
            all.iter()
                .filter_map(|&at| u32::try_from(at).ok())
                .map(|at| std::net::Ipv4Addr::from(at).to_string())
                .collect()
        }
        std::net::IpAddr::V6(v6) => {
            let mask = (1_u128 << (128 - length)).wrapping_sub(1);
            let first = v6.to_bits() & !mask;
            let all = [first, first | mask, (first | mask).wrapping_add(1), first.wrapping_sub(1)];
            all.iter().map(|&at| std::net::Ipv6Addr::from(at).to_string()).collect()
        }
    }
}

fn words(source: &Value, pointer: &str) -> Vec<String> {
    let list = source.pointer(pointer).and_then(Value::as_array);
    let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    list.into_iter().flatten().map(word).collect()
}

/// The expressions that are to hold: one of all parts together, or each part of a list of which any is enough.
fn expressions(bot: &Bot) -> Vec<String> {
    let Some(value) = bot.source.get("expression") else { return Vec::new() };
    match (value.as_str(), value.get("all")) {
        (Some(text), _) => text.split("||").map(str::to_owned).collect(),
        (None, Some(_)) => vec![words(value, "/all").join(" && ")],
        (None, None) => words(value, "/any"),
    }
}

/// The request with what an expression asks for, as far as it asks plainly.
fn satisfying(mut request: Request, text: &str) -> Request {
    let all = |pattern: &str| -> Vec<(String, String)> {
        let found = Regex::new(pattern).unwrap();
        let group = |at: usize, captures: &regex::Captures<'_>| {
            captures.get(at).map_or(String::new(), |group| group.as_str().replace("\\\\", "\\"))
        };
        found.captures_iter(text).map(|captures| (group(1, &captures), group(2, &captures))).collect()
    };
    let append = |request: &mut Request, name: &str, value: &str| {
        let name = canonical(name).to_ascii_lowercase();
        let known = request.headers.iter().find(|(header, _)| *header == name).map(|(_, value)| value.clone());
        let known = known.map(|value| String::from_utf8(value).unwrap()).unwrap_or_default();
        header(request, &name, &format!("{known} {value}"));
    };
    for (name, _) in all(r#""([^"]+)" in headers"#) {
        append(&mut request, &name, "");
    }
    for (name, value) in all(r#"headers\["([^"]+)"\]\.contains\("([^"]+)"\)"#) {
        append(&mut request, &name, &value);
    }
    for (name, pattern) in all(r#"headers\["([^"]+)"\]\.matches\("([^"]+)"\)"#) {
        append(&mut request, &name, &samples(&pattern).pop().unwrap());
    }
    for (name, value) in all(r#"headers\["([^"]+)"\] == "([^"]+)""#) {
        header(&mut request, &name, &value);
    }
    for (value, _) in all(r#"[^!]userAgent\.startsWith\("([^"]+)"\)"#)
        .into_iter()
        .chain(all(r#"^userAgent\.startsWith\("([^"]+)"\)"#))
        .take(1)
    {
        header(&mut request, "user-agent", &value);
    }
    for (value, _) in all(r#"(?:^|[^!])userAgent\.contains\("([^"]+)"\)"#) {
        append(&mut request, "user-agent", &value);
    }
    for (pattern, _) in all(r#"userAgent\.matches\("([^"]+)"\)"#) {
        header(&mut request, "user-agent", &samples(&pattern).pop().unwrap());
    }
    for (value, _) in all(r#"userAgent == "([^"]*)""#) {
        header(&mut request, "user-agent", &value);
    }
    for (value, _) in all(r#"path(?:\.startsWith\(| == )"([^"]+)""#) {
        request.target = value;
    }
    for (value, _) in all(r#"(?:^|&& )method == "([^"]+)""#) {
        request.method = value;
    }
    if text.contains("!(method ==") {
        request.method = "PUT".into();
    }
    for (value, _) in all(r#"remoteAddress == "([^"]+)""#) {
        request.address = from(&value);
    }
    for (name, value) in all(r#"query\["([^"]+)"\] == "([^"]+)""#) {
        request.target = format!("{}?{name}={value}", request.target);
    }
    request
}

/// A text for each alternative of a pattern.
fn samples(pattern: &str) -> Vec<String> {
    let hir = regex_syntax::Parser::new().parse(&pattern.trim().replace("\\d", "[0-9]")).unwrap();
    match hir.kind() {
        HirKind::Alternation(parts) => parts.iter().map(sample).collect(),
        _ => vec![sample(&hir)],
    }
}

fn sample(hir: &Hir) -> String {
    match hir.kind() {
        HirKind::Literal(literal) => String::from_utf8(literal.0.to_vec()).unwrap(),
        HirKind::Class(Class::Unicode(class)) => class.ranges().last().map_or(String::new(), |range| {
            if range.start() <= 'x' && 'x' <= range.end() { 'x' } else { range.start() }.to_string()
        }),
        HirKind::Class(Class::Bytes(class)) => char::from(class.ranges()[0].start()).to_string(),
        HirKind::Repetition(repetition) => sample(&repetition.sub).repeat(repetition.min.max(1) as usize),
        HirKind::Capture(capture) => sample(&capture.sub),
        HirKind::Concat(parts) => parts.iter().map(sample).collect(),
        HirKind::Alternation(parts) => sample(&parts[0]),
        HirKind::Empty | HirKind::Look(_) => String::new(),
    }
}
