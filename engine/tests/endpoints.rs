//! Requests to endpoints, natively: those of `tests/endpoints/requests.json`, which the hosts' tests send too.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails loudly")]

mod common;

use common::facts;
use outwork_engine::{
    assets::BEACON,
    decision::Reply,
    endpoint::{PREFIX, Plan, plan},
    facts::Facts,
    policy::Policy,
    rules::Scratch,
};
use serde_json::Value;
use std::collections::BTreeMap;

struct Asked {
    name: String,
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    expected: Value,
}

fn requests() -> Vec<Asked> {
    let text = include_str!("../../tests/endpoints/requests.json");
    let text = text.replace("{beacon-id}", BEACON.id).replace("{origin}", "https://shop.example");
    let list: Vec<Value> = serde_json::from_str(&text.replace("{authority}", "shop.example")).unwrap();
    list.into_iter().map(Asked::read).collect()
}

impl Asked {
    fn read(expected: Value) -> Self {
        let (method, name) = expected["request"].as_str().unwrap().split_once(' ').unwrap();
        let pair = |pair: &Value| (pair[0].as_str().unwrap().into(), pair[1].as_str().unwrap().into());
        let body = expected["body"]["text"].as_str().unwrap_or_default().as_bytes().to_vec();
        let zeros = expected["body"]["zeros"].as_u64().unwrap_or(0);
        Self {
            name: expected["name"].as_str().unwrap().into(),
            method: method.into(),
            target: [str::from_utf8(PREFIX).unwrap(), name].concat(),
            headers: expected["headers"].as_array().into_iter().flatten().map(pair).collect(),
            body: [body, vec![0; zeros.try_into().unwrap()]].concat(),
            expected,
        }
    }

    /// Serves it as a host does; the body in as much as the plan wants of it.
    fn serve(&self, length: bool) -> Reply {
        let policy = Policy::load(&common::bundle()).unwrap();
        let (keys, mut scratch) = (common::keys(), Scratch::default());
        let length = length.then(|| ("content-length".into(), self.body.len().to_string()));
        let headers: Vec<_> = self.headers.iter().cloned().chain(length).collect();
        let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
        let facts = self.facts(&headers);
        let body = match plan(&facts) {
            Plan::Judge => unreachable!("{} is ours", self.name),
            Plan::Serve => &[],
            Plan::Collect(most) => &self.body[..self.body.len().min(most + 1)],
        };
        policy.serve(&facts, body, &keys, &mut scratch).admit(&[]).reply(&[])
    }

    fn facts<'a>(&'a self, headers: &'a [(&'a [u8], &'a [u8])]) -> Facts<'a> {
        let mut facts = facts(headers);
        (facts.request.method, facts.request.target) = (self.method.as_bytes(), self.target.as_bytes());
        facts
    }
}

fn header<'a>(reply: &'a Reply, name: &str) -> Option<&'a str> {
    reply.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
}

#[test]
fn each_request_is_answered_as_the_list_says() {
    for asked in requests() {
        for length in [false, true] {
            let reply = asked.serve(length);
            assert_eq!(u64::from(reply.status), asked.expected["status"], "{}: {}", asked.name, reply.body);
            for (name, value) in asked.expected["has"].as_object().into_iter().flatten() {
                assert_eq!(header(&reply, name), value.as_str(), "{}: {name}", asked.name);
            }
            for name in asked.expected["lacks"].as_array().into_iter().flatten() {
                assert_eq!(header(&reply, name.as_str().unwrap()), None, "{}: {name}", asked.name);
            }
            assert!(reply.headers.iter().all(|(name, _)| !name.starts_with("access-control")), "{}", asked.name);
        }
    }
}

#[test]
fn every_refusal_is_a_problem_with_a_reference_that_nothing_keeps() {
    for asked in requests() {
        let reply = asked.serve(true);
        if reply.status < 400 {
            continue;
        }
        assert_eq!(header(&reply, "content-type"), Some("application/problem+json"), "{}", asked.name);
        assert_eq!(header(&reply, "cache-control"), Some("no-store"), "{}", asked.name);
        let problem: Value = serde_json::from_str(&reply.body).unwrap();
        assert_eq!(problem["status"], u64::from(reply.status), "{}", asked.name);
        assert_eq!(problem["reference"].as_str().unwrap().len(), 16, "{}", asked.name);
        assert!(!problem["title"].as_str().unwrap().is_empty() && !problem["detail"].as_str().unwrap().is_empty());
    }
}

#[test]
fn what_says_too_much_in_its_head_has_no_body_collected() {
    for asked in requests().iter().filter(|asked| asked.expected["status"].as_u64() == Some(413)) {
        let length = asked.body.len().to_string();
        let mut headers: Vec<(&[u8], &[u8])> = vec![(b"content-length", length.as_bytes())];
        headers.extend(asked.headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())));
        assert_eq!(plan(&asked.facts(&headers)), Plan::Serve, "{}", asked.name);
        assert!(matches!(plan(&asked.facts(&headers[1..])), Plan::Collect(_)), "{}", asked.name);
    }
}

#[test]
fn what_is_not_under_the_prefix_is_judged() {
    for target in ["/", "/.well-known/outwork", "/.well-known/outworks/hello", "/x/.well-known/outwork/hello", "", "*"]
    {
        let mut facts = facts(&[]);
        facts.request.target = target.as_bytes();
        assert_eq!(plan(&facts), Plan::Judge, "{target}");
    }
}

#[test]
fn an_origin_may_name_the_port_that_its_scheme_implies_and_tls_may_end_in_front_of_us() {
    use outwork_engine::fact::Fact;
    let cases = [
        ("https://shop.example", "shop.example:443", Fact::Known(true), true),
        ("https://Shop.Example", "shop.example", Fact::Known(true), true),
        ("https://shop.example:8443", "shop.example:8443", Fact::Known(true), true),
        ("https://shop.example:8443", "shop.example", Fact::Known(true), false),
        ("http://shop.example", "shop.example", Fact::Known(true), false),
        ("http://shop.example", "shop.example", Fact::Known(false), true),
        ("https://shop.example", "shop.example", Fact::Known(false), true),
        ("https://", "shop.example", Fact::Known(true), false),
        ("shop.example", "shop.example", Fact::Known(true), false),
    ];
    for (origin, authority, encrypted, admitted) in cases {
        let headers: [(&[u8], &[u8]); 1] = [(b"origin", origin.as_bytes())];
        let mut facts = facts(&headers);
        facts.request.method = b"POST";
        facts.request.target = b"/.well-known/outwork/hello";
        facts.request.authority = authority.as_bytes();
        facts.request.scheme = if encrypted == Fact::Known(true) { b"https" } else { b"http" };
        facts.connection.encrypted = encrypted;
        assert_eq!(matches!(plan(&facts), Plan::Collect(_)), admitted, "{origin} to {authority}");
    }
}

/// What a request is answered with, without what differs each time: the hosts' tests compare with the same file.
fn without_chance(reply: &Reply) -> Value {
    let text = |text: &str| text.replace(BEACON.id, "{beacon-id}");
    // What is sent more than once stands behind commas, for the comparison alone.
    let mut headers: BTreeMap<&str, String> = BTreeMap::new();
    for (name, value) in &reply.headers {
        let known = headers.entry(name).or_default();
        *known = [known.as_str(), if known.is_empty() { "" } else { "," }, &text(value)].concat();
    }
    let body = match serde_json::from_str::<Value>(&reply.body) {
        Ok(mut problem) if problem["reference"].is_string() => {
            problem["reference"] = "{reference}".into();
            problem
        }
        _ if reply.body == BEACON.content => "{beacon.js}".into(),
        _ => reply.body.as_str().into(),
    };
    serde_json::json!({"status": reply.status, "headers": headers, "body": body})
}

#[test]
fn answers_are_those_that_every_host_is_held_to() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/endpoints/answers.json");
    let answers: serde_json::Map<_, _> =
        requests().iter().map(|asked| (asked.name.clone(), without_chance(&asked.serve(true)))).collect();
    assert_eq!(answers.len(), requests().len(), "names are unique");
    let text = serde_json::to_string_pretty(&answers).unwrap() + "\n";
    if std::env::var_os("OUTWORK_BLESS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(known, text, "OUTWORK_BLESS=1 writes the file anew");
}
