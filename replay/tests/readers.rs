//! Readers say what a line says, and never more.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails loudly")]

use outwork_engine::{
    fact::Fact,
    facts::Protocol,
    signals::{SIGNALS, Scene, by_name},
    time::Time,
};
use outwork_replay::{Entry, Format, Layout, MapError, Reader, Reject};
use proptest::prelude::*;

const CHROME: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36";

fn read(format: Format, line: &str) -> Entry<'static> {
    Reader::new(format).read(line.as_bytes()).unwrap().into_owned()
}

fn envoy(line: &str) -> Entry<'static> {
    read(Format::Envoy, line)
}

/// The fact that a signal reads of a line: `known`, `absent` or `unavailable`.
fn state(entry: &Entry<'_>, signal: &str) -> &'static str {
    let lists = entry.lists();
    let facts = entry.facts(lists.first(), Time::default());
    match (SIGNALS[by_name(signal).unwrap()].read)(&Scene::new(&facts)) {
        Fact::Known(_) => "known",
        Fact::Absent => "absent",
        Fact::Unavailable => "unavailable",
    }
}

#[test]
fn a_header_is_absent_only_where_the_log_says_so() {
    let said =
        envoy(r#"{"method":"GET","path":"/","headers":{"Accept-Language":null,"user-agent":"x"},"referer":"-"}"#);
    let lists = said.lists();
    let facts = said.facts(lists.first(), Time::default());
    let scene = Scene::new(&facts);
    assert_eq!(scene.header(b"accept-language"), Fact::Absent);
    assert_eq!(scene.header(b"referer"), Fact::Absent);
    assert_eq!(scene.header(b"user-agent"), Fact::Known(&b"x"[..]));
    assert_eq!(scene.header(b"accept"), Fact::Unavailable);
    assert_eq!(scene.header(b"x-any"), Fact::Unavailable);
    assert_eq!(scene.cookie(b"a"), Fact::Unavailable);
}

#[test]
fn what_an_access_log_does_not_tell_is_unavailable() {
    let line = format!(r#"203.0.113.7 - - [22/Nov/2026:00:00:01 +0000] "GET / HTTP/2.0" 200 5 "-" "{CHROME}""#);
    let combined = read(Format::Combined, &line);
    let line = format!(
        r#"{{"ClientIP":"203.0.113.7","ClientRequestMethod":"GET","ClientRequestURI":"/","ClientRequestUserAgent":"{CHROME}","ClientRequestScheme":"https"}}"#
    );
    let logpush = read(Format::Logpush, &line);
    let missing = "header.count header.bytes header.shape header.duplicates header.underscore header.proxied \
        header.accept_matches header.accept_language_matches header.order_matches header.te_matches fetch.mode \
        header.upgrade_insecure_matches header.pseudo_order fetch.presence_matches hints.major hints.presence_matches \
        request.cookies request.navigation tls.ja4 tls.matches_ua tls.sni";
    for entry in [&combined, &logpush] {
        for signal in missing.split_whitespace() {
            assert_eq!(state(entry, signal), "unavailable", "{signal}");
        }
        for signal in ["ua.family", "ua.major", "request.path", "request.method", "client.address"] {
            assert_eq!(state(entry, signal), "known", "{signal}");
        }
    }
    assert_eq!((state(&combined, "request.scheme"), state(&logpush, "request.scheme")), ("unavailable", "known"));
    assert_eq!((state(&combined, "request.authority"), state(&combined, "request.protocol")), ("unavailable", "known"));
}

#[test]
fn nothing_where_tls_should_stand_is_not_a_connection_without_tls() {
    let with = |more: &str| envoy(&format!(r#"{{"method":"GET","path":"/"{more}}}"#));
    assert_eq!(with(r#","ja4":"-""#).ja4, Fact::Unavailable);
    assert_eq!(with(r#","ja4":"-","tls_version":"TLSv1.3""#).ja4, Fact::Unavailable);
    let plain = with(r#","ja4":"-","tls_version":"-""#);
    assert_eq!((&plain.ja4, &plain.tls_version), (&Fact::Absent, &Fact::Absent));
    // A load balancer before the Envoy may have ended the client's TLS.
    assert_eq!(
        (plain.scheme, state(&with(r#","tls_version":"-""#), "request.scheme")),
        (Fact::Unavailable, "unavailable")
    );
    let logged = with(r#","scheme":"http","ja4":"-","tls_version":"-""#);
    assert_eq!((logged.scheme, logged.ja4), (Fact::Known(b"http".as_slice().into()), Fact::Absent));
    assert_eq!(with("").scheme, Fact::Unavailable);
}

#[test]
fn a_record_inside_a_line_fills_in_what_the_line_leaves_out() {
    let record = r#"{"time":1795305600123,"http_request":{"http_method":"GET","url":{"scheme":"https","hostname":"shop.example","path":"/a"},"user_agent":"x","version":"HTTP/2"},"src_endpoint":{"uid":"0123456789abcdef"},"unmapped":{"outwork":{"verdict":"tag","enforced":true,"context":0}}}"#;
    let line = serde_json::json!({"outwork": record, "headers": {"accept": null}, "status": 200}).to_string();
    let entry = envoy(&line);
    assert_eq!((entry.method.as_ref(), entry.target.as_ref(), entry.query_seen), (&b"GET"[..], &b"/a"[..], false));
    assert_eq!(entry.protocol, Fact::Known(Protocol::Http2));
    assert_eq!(entry.header(b"user-agent"), Some(&b"x"[..]));
    assert_eq!((entry.time, entry.address), (Some(Time(1_795_305_600_123_000)), Fact::Unavailable));
    assert!(entry.hidden_address && entry.pseudonym.is_some() && entry.recorded.is_some());
    assert_eq!(state(&entry, "request.query"), "unavailable");
}

/// As `outwork verify` does, so that nothing counts here which is not looked at there.
#[test]
fn a_record_is_read_wherever_it_stands_and_nothing_else_of_a_log_of_records() {
    let record = |path: &str| {
        format!(
            r#"{{"unmapped":{{"outwork":{{"enforced":true,"verdict":"tag"}}}},"time":1795305600123,"activity_name":"Get","http_request":{{"http_method":"GET","url":{{"path":"{path}"}}}}}}"#
        )
    };
    let text = |path: &str| serde_json::to_string(&record(path)).unwrap();
    let other = record("/x").replace("verdict", "opinion");
    let lines = [
        (record("/a"), true),
        (format!(r#"{{"record":{}}}"#, record("/a")), true),
        (format!(r#"{{"message":{},"log":{{"offset":7}}}}"#, text("/a")), true),
        (format!(r#"{{"body":{{"stringValue":{}}}}}"#, text("/a")), true),
        (format!(r#"{{"Logs":[{{"Message":["no"]}},{{"Message":[{}]}}]}}"#, text("/a")), true),
        (other, false),
        (r#"{"method":"GET","path":"/a"}"#.to_owned(), false),
    ];
    for (line, records) in lines {
        assert_eq!(Format::detect(line.as_bytes()) == Some(Format::Records), records, "{line}");
        let reader = Reader::new(Format::Records);
        let target = reader.read(line.as_bytes()).map(|entry| entry.target.to_vec());
        assert_eq!(target, if records { Ok(b"/a".to_vec()) } else { Err(Reject::NoRecord) }, "{line}");
    }
    // In a line that tells of its request by itself it is what was decided, as an object or as text.
    for inside in [record("/a"), text("/a")] {
        let line = format!(r#"{{"method":"PUT","path":"/b","outwork":{inside}}}"#);
        assert_eq!(Format::detect(line.as_bytes()), Some(Format::Envoy));
        let entry = envoy(&line);
        assert_eq!((entry.method.as_ref(), entry.recorded.is_some()), (&b"PUT"[..], true), "{line}");
    }
    let entry = envoy(&format!(r#"{{"method":"PUT","path":"/b","outwork":{}}}"#, text("/a").replace("verdict", "x")));
    assert!(entry.recorded.is_none());
}

#[test]
fn a_record_that_was_cut_is_not_taken_for_the_whole() {
    let cases = [("x".repeat(511), "known"), ("x".repeat(512), "unavailable"), ("a\u{fffd}".into(), "unavailable")];
    for (agent, expected) in cases {
        let line = format!(
            r#"{{"http_request":{{"http_method":"GET","url":{{"scheme":"https","hostname":"a","path":"/"}},"user_agent":"{agent}"}},"unmapped":{{"outwork":{{"verdict":"allow"}}}}}}"#
        );
        assert_eq!(state(&read(Format::Records, &line), "ua.length"), expected, "{agent}");
    }
}

#[test]
fn a_map_gives_names_of_the_users_own() {
    let map =
        "dash = false\n[fields]\nverb = \"method\"\n\"http.url\" = \"target\"\nlang = \"header:Accept-Language\"\n";
    let reader = Reader::with_layout(Format::Envoy, Layout::mapped(Format::Envoy, map).unwrap());
    let entry = reader.read(br#"{"verb":"PUT","http":{"url":"/x","more":[1]},"lang":"-"}"#).unwrap();
    assert_eq!((entry.method.as_ref(), entry.target.as_ref()), (&b"PUT"[..], &b"/x"[..]));
    assert_eq!(entry.header(b"accept-language"), Some(&b"-"[..]));
    let wrong = Layout::mapped(Format::Envoy, "[fields]\na = \"methd\"").unwrap_err();
    assert!(matches!(&wrong, MapError::Field(name) if name == "methd") && wrong.to_string().contains("header:NAME"));
    assert!(matches!(Layout::mapped(Format::Envoy, "fields = 1").unwrap_err(), MapError::Toml(_)));
}

#[test]
fn lines_that_are_no_request_say_why() {
    let wrong = |line: &str| Reader::new(Format::Envoy).read(line.as_bytes()).unwrap_err();
    assert_eq!(wrong("[]"), Reject::NotJson);
    assert_eq!(wrong("{\"method\":\"GET\"} x"), Reject::NotJson);
    assert_eq!(wrong("{\"path\":\"/\"}"), Reject::NoMethod);
    assert_eq!(wrong("{\"method\":\"GET\"}"), Reject::NoPath);
    assert_eq!(wrong("{\"method\":\"GET\",\"path\":\"/\",\"time\":true}"), Reject::BadTime);
    assert_eq!(wrong("{\"method\":\"GET\",\"path\":\"/\",\"client_ip\":\"x\"}"), Reject::BadAddress);
}

proptest! {
    #[test]
    fn any_line_is_read_or_refused_by_every_reader(line: Vec<u8>, text in "[\\[{\"a-z:,\\\\u0-9}\\]]{0,80}") {
        for format in Format::ALL {
            let reader = Reader::new(format);
            for line in [&line[..], text.as_bytes()] {
                if let Ok(entry) = reader.read(line) {
                    prop_assert!(!entry.method.is_empty() && !entry.target.is_empty());
                }
                let _ = Format::detect(line);
            }
        }
    }

    #[test]
    fn what_json_writes_is_read(agent in any::<String>(), target in "/[ -~é\u{1}]{0,40}") {
        let line = serde_json::json!({"method": "GET", "path": target, "headers": {"user-agent": agent}}).to_string();
        let entry = envoy(&line);
        prop_assert_eq!(entry.target.as_ref(), target.as_bytes());
        if agent != "-" {
            prop_assert_eq!(entry.header(b"user-agent"), Some(agent.as_bytes()));
        }
    }
}
