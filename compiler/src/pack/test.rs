//! The tests that a rule carries with it.

use super::session;
use crate::{
    context::Context,
    diagnostic::{Code, Diagnostic},
    read::{Keys, Text, choose},
    request::Request,
    source::{FileId, Span},
};
use outwork_engine::{fact::Fact, facts::Protocol};
use std::{net::IpAddr, ops::Range};
use toml::de::{DeTable, DeValue};

/// A request, and whether the rule shall fire.
pub(crate) struct TestSource {
    pub(crate) request: Request,
    pub(crate) fires: bool,
    pub(crate) span: Span,
}

pub(super) const KEYS: &[&str] = &["request", "fires", "why"];

pub(crate) const REQUEST: &[&str] = &[
    "method",
    "path",
    "scheme",
    "authority",
    "protocol",
    "pseudo_order",
    "headers",
    "ordered",
    "address",
    "encrypted",
    "ja4",
    "ja3",
    "tls_version",
    "sni",
    "alpn",
    "asn",
    "country",
    "session",
    "absent",
];

pub(crate) const PROTOCOLS: &[(&str, Protocol)] = &[
    ("HTTP/1.0", Protocol::Http10),
    ("HTTP/1.1", Protocol::Http11),
    ("HTTP/2", Protocol::Http2),
    ("HTTP/3", Protocol::Http3),
];

/// What a test may say that the client did not send.
const OPTIONAL: &[(&str, Optional)] = &[
    ("pseudo_order", |request| request.pseudo_order = Fact::Absent),
    ("ja4", |request| request.ja4 = Fact::Absent),
    ("ja3", |request| request.ja3 = Fact::Absent),
    ("tls_version", |request| request.tls_version = Fact::Absent),
    ("sni", |request| request.sni = Fact::Absent),
    ("alpn", |request| request.alpn = Fact::Absent),
    ("asn", |request| request.asn = Fact::Absent),
    ("country", |request| request.country = Fact::Absent),
];

type Optional = fn(&mut Request);

pub(super) fn read(cx: &mut Context<'_>, file: FileId, table: (&DeTable<'_>, Range<usize>)) -> Option<TestSource> {
    let keys = Keys::open(cx, file, table, "a test", KEYS);
    keys.text(cx, "why");
    for key in ["request", "fires"] {
        if !keys.has(key) {
            keys.missing(cx, key);
        }
    }
    let fires = keys.boolean(cx, "fires");
    let request = keys.table(cx, "request").map(|table| request(cx, file, table));
    Some(TestSource { request: request?, fires: fires?, span: keys.key_span("fires") })
}

fn request(cx: &mut Context<'_>, file: FileId, table: (&DeTable<'_>, Range<usize>)) -> Request {
    let keys = Keys::open(cx, file, table, "a request", REQUEST);
    let mut request = Request { ordered: true, protocol: Fact::Known(Protocol::Http2), ..Request::default() };
    let fact = |cx: &mut Context<'_>, key| keys.text(cx, key).map_or(Fact::Unavailable, |text| Fact::Known(text.value));
    request.pseudo_order = fact(cx, "pseudo_order");
    request.ja4 = fact(cx, "ja4");
    request.ja3 = fact(cx, "ja3");
    request.tls_version = fact(cx, "tls_version");
    request.sni = fact(cx, "sni");
    request.alpn = fact(cx, "alpn");
    request.country = fact(cx, "country");
    let set = |cx: &mut Context<'_>, key, place: &mut String| {
        if let Some(text) = keys.text(cx, key) {
            *place = text.value;
        }
    };
    set(cx, "method", &mut request.method);
    set(cx, "path", &mut request.target);
    set(cx, "scheme", &mut request.scheme);
    set(cx, "authority", &mut request.authority);
    if let Some(protocol) = keys.word(cx, "protocol", PROTOCOLS) {
        request.protocol = Fact::Known(protocol);
    }
    if let Some(asn) = keys.integer(cx, "asn", 0..=i64::from(u32::MAX)).and_then(|asn| u32::try_from(asn).ok()) {
        request.asn = Fact::Known(asn);
    }
    if let Some(text) = keys.text(cx, "address") {
        request.address = address(cx, &text);
    }
    request.ordered = keys.boolean(cx, "ordered").unwrap_or(true);
    request.encrypted = keys.boolean(cx, "encrypted");
    request.headers = headers(cx, &keys);
    request.session = keys.table(cx, "session").map(|table| session::read(cx, file, table));
    for text in keys.texts(cx, "absent").unwrap_or_default() {
        if let Some(forget) = choose(cx, &text, "fact that can be absent", OPTIONAL) {
            forget(&mut request);
        }
    }
    request
}

fn address(cx: &mut Context<'_>, text: &Text) -> Fact<IpAddr> {
    match text.value.parse() {
        Ok(address) => Fact::Known(address),
        Err(_) => {
            let message = format!("`{}` is no address", text.value);
            let help = "write an IPv4 or IPv6 address, such as 203.0.113.7";
            cx.report(Diagnostic::new(Code::BadAddress, text.span.clone(), message).help(help));
            Fact::Unavailable
        }
    }
}

fn headers(cx: &mut Context<'_>, keys: &Keys<'_, '_>) -> Vec<(String, Vec<u8>)> {
    let mut headers = Vec::new();
    for item in keys.array(cx, "headers").into_iter().flatten() {
        match item.get_ref() {
            DeValue::Array(pair) => {
                let texts: Vec<_> = pair.iter().filter_map(|text| keys.text_of(cx, text, "a header's part")).collect();
                match <[Text; 2]>::try_from(texts) {
                    Ok([name, value]) => headers.push((name.value, value.value.into_bytes())),
                    Err(texts) if texts.len() == pair.len() => {
                        let message = "a header is a name and a value";
                        let help = "write `[\"accept\", \"text/html\"]`";
                        cx.report(Diagnostic::new(Code::WrongType, keys.at(item.span()), message).help(help));
                    }
                    Err(_) => {}
                }
            }
            _ => {
                keys.wrong_type::<()>(cx, item, "a header", "an array of name and value");
            }
        }
    }
    headers
}
