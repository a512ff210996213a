//! `exists`, `all` and `size` over lists that random requests do not have: long ones, empty ones, and such that a source
//! does not show.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails loudly")]

use outwork_compiler::{Request, compile_files};
use outwork_engine::{
    facts::Unlisted,
    policy::Policy,
    rules::{MAX_ELEMENTS, Scratch},
    signals::Scene,
    time::Time,
};
use std::{collections::BTreeMap, time::Instant};

/// What a condition says: none is unknown. Without `all_headers` only those of the request can be seen.
fn answer(when: &str, request: &Request, all_headers: bool) -> Option<bool> {
    let mut pack = String::from("[pack]\nid = \"p\"\nversion = \"1\"\nwhy = \"x\"\n");
    for (id, when) in [("is", when.to_owned()), ("not", format!("!({when})"))] {
        pack += &format!("[[rule]]\nid = \"{id}\"\nwhen = '''{when}'''\nwhy = \"x\"\nscore = 1\n");
    }
    let files = BTreeMap::from([("p.toml".to_owned(), pack.into_bytes())]);
    let compiled = compile_files(&files, "p.toml").unwrap_or_else(|report| panic!("{}", report.render(false)));
    let policy = Policy::load(&compiled.bundle).unwrap();
    let mut scratch = Scratch::default();
    request.with_facts(Time::default(), [0; 16], |facts| {
        let mut facts = *facts;
        if !all_headers {
            facts.seen.headers = Unlisted::Unavailable { except: &[] };
        }
        policy.conditions().evaluate(&Scene::new(&facts), &mut scratch);
    });
    match (scratch.holds(0), scratch.holds(1)) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        (false, false) => None,
        (true, true) => panic!("{when} and its opposite hold"),
    }
}

fn headers(headers: &[(&str, &str)]) -> Request {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect();
    Request { headers, ..Request::default() }
}

#[test]
fn what_is_past_the_first_elements_of_a_long_list_is_unknown_unless_they_decide() {
    let coding = |at: usize| if at == MAX_ELEMENTS { "last".to_owned() } else { format!("c{at}") };
    let list = |length: usize| (0..length).map(coding).collect::<Vec<_>>().join(",");
    let whole = headers(&[("te", &list(MAX_ELEMENTS))]);
    let longer = headers(&[("te", &list(MAX_ELEMENTS + 1))]);
    for (when, of_whole, of_longer) in [
        (r#"request.header_values["te"].exists(e, e == "c255")"#, Some(true), Some(true)),
        (r#""last" in request.header_values["te"]"#, Some(false), None),
        (r#"request.header_values["te"].all(e, e.startsWith("c"))"#, Some(true), None),
        (r#"request.header_values["te"].all(e, e != "c7")"#, Some(false), Some(false)),
        (r#"size(request.header_values["te"]) == 257"#, Some(false), Some(true)),
    ] {
        assert_eq!(answer(when, &whole, true), of_whole, "{when} of {MAX_ELEMENTS}");
        assert_eq!(answer(when, &longer, true), of_longer, "{when} of more");
    }
}

#[test]
fn one_element_again_and_again_hides_no_other() {
    let often = "a&".repeat(10 * MAX_ELEMENTS);
    let named = |name: String| Request { target: format!("/?{often}{name}=1"), ..headers(&[]) };
    let cookies = headers(&[("cookie", &format!("{}evil=1", "a=1; ".repeat(2 * MAX_ELEMENTS)))]);
    let coded = headers(&[("te", &format!("{}evil", "a,".repeat(2 * MAX_ELEMENTS)))]);
    let many = named((1..=MAX_ELEMENTS).map(|at| format!("n{at}&")).collect());
    for (when, request, expected) in [
        (r#"request.param_names.exists(p, p == "evil")"#, named("evil".into()), Some(true)),
        (r#"request.param_names.all(p, p == "a")"#, named("evil".into()), Some(false)),
        (r#"request.param_names.exists(p, p == "evil")"#, named("good".into()), Some(false)),
        (r#"request.param_names.exists(p, p == "evil")"#, many, None),
        (r#"request.cookie_names.exists(c, c == "evil")"#, cookies, Some(true)),
        (r#""evil" in request.header_values["te"]"#, coded, Some(true)),
    ] {
        assert_eq!(answer(when, &request, true), expected, "{when}");
    }
}

#[test]
fn an_empty_list_is_known_and_an_absent_one_is_not() {
    for (when, expected) in [
        (r#"request.header_values["te"].exists(e, true)"#, Some(false)),
        (r#"request.header_values["te"].all(e, false)"#, Some(true)),
        (r#"size(request.header_values["te"]) == 0"#, Some(true)),
        (r#"request.header_values["te"].known && has(request.header_values.te)"#, Some(true)),
        (r#"request.header_values["accept"].all(e, true)"#, None),
        (r#"size(request.header_values["accept"]) == 0"#, None),
        (r#"request.header_values["accept"].absent && !has(request.header_values.accept)"#, Some(true)),
        ("request.cookie_names.all(e, false) && size(request.param_names) == 0", Some(true)),
        (r#"request.header_names.exists(e, e == "te") && size(request.header_names) == 2"#, Some(true)),
    ] {
        assert_eq!(answer(when, &headers(&[("te", " ,, "), ("x", ""), ("x", "1")]), true), expected, "{when}");
    }
}

#[test]
fn what_a_source_does_not_show_is_unavailable() {
    for (when, expected) in [
        (r#"request.header_names.exists(e, e == "te")"#, None),
        ("request.header_names.unavailable && request.cookie_names.unavailable", Some(true)),
        (r#""trailers" in request.header_values["te"]"#, Some(true)),
        (r#"request.header_values["accept"].unavailable"#, Some(true)),
        ("request.param_names.all(e, false)", Some(true)),
    ] {
        assert_eq!(answer(when, &headers(&[("te", "trailers")]), false), expected, "{when}");
    }
}

/// 60 KiB, as much as Envoy takes of headers by itself, of which every byte may begin an element.
#[test]
fn a_hostile_list_takes_no_longer_than_its_length() {
    let request = headers(&[("te", &"a,".repeat(30_000)), ("x", &"\"\\".repeat(30_000))]);
    let start = Instant::now();
    let when = r#"request.header_values["te"].all(e, e.matches("^(a|b)*$")) || request.header_values["x"].exists(e, e.contains("b"))
        || size(request.header_values["te"]) < 30000 || size(request.header_values["x"]) > 1"#;
    assert_eq!(answer(when, &request, true), Some(true));
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
}

#[test]
fn macros_are_values_lists_and_conditions_of_each_file() {
    let root = "[policy]\nversion = \"1\"\npacks = [\"p.toml\"]\n[macros]\nlogin = 'request.path == \"/login\"'\n\
        [[limit]]\nid = \"slow\"\nwhen = 'macros.login'\nkey = [\"ip\"]\nburst = 1\nrefill = \"1/s\"\n";
    let pack = "[pack]\nid = \"p\"\nversion = \"1\"\nwhy = \"x\"\n[macros]\nagent = 'request.headers[\"user-agent\"].lowerAscii()'\n\
        words = '[\"curl\", \"wget\"]'\nlogin = 'macros.agent.containsAny(macros.words)'\nmost = '3'\n\
        [[rule]]\nid = \"r\"\nwhy = \"x\"\nscore = 1\n\
        when = 'macros.login && !macros.agent.absent && size(request.path) <= macros.most && macros.words.all(w, !macros.agent.endsWith(w))'\n";
    let files = BTreeMap::from([
        ("outwork.toml".to_owned(), root.as_bytes().to_vec()),
        ("p.toml".to_owned(), pack.as_bytes().to_vec()),
    ]);
    let compiled = compile_files(&files, "outwork.toml").unwrap_or_else(|report| panic!("{}", report.render(false)));
    assert!(compiled.warnings.is_empty(), "{}", compiled.warnings.render(false));
    let policy = Policy::load(&compiled.bundle).unwrap();
    let mut scratch = Scratch::default();
    for (target, agent, expected) in [("/a", "Wget/1", [true, false]), ("/login", "curl/8", [false, true])] {
        let request = Request { target: target.into(), ..headers(&[("user-agent", agent)]) };
        request.with_facts(Time::default(), [0; 16], |facts| {
            policy.conditions().evaluate(&Scene::new(facts), &mut scratch);
        });
        assert_eq!([scratch.holds(0), scratch.holds(1)], expected, "{target}");
    }
}
