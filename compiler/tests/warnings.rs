//! Warnings about conditions: never a wrong one, and none missing where people would see it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

use outwork_compiler::{Code, Request, compile_files};
use outwork_engine::{fact::Fact, policy::Policy, rules::Scratch, signals::Scene, time::Time};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn pack(conditions: &[&str]) -> BTreeMap<String, Vec<u8>> {
    let head = "[pack]\nid = \"p\"\nversion = \"1\"\nwhy = \"x\"\n\
        [lists.nets]\ncidr = [\"10.0.0.0/8\", \"2001:db8::/32\"]\naccept = [\"OW0067\"]\n\
        [lists.paths]\nstrings = [\"/a\", \"/b/c\"]\naccept = [\"OW0067\"]\n\
        [lists.asns]\nnumbers = [1, 64500]\naccept = [\"OW0067\"]\n";
    let rules: String = (conditions.iter().enumerate())
        .map(|(at, when)| format!("[[rule]]\nid = \"r{at}\"\nwhen = '''{when}'''\nscore = 1\nwhy = \"x\"\n"))
        .collect();
    BTreeMap::from([("p.toml".into(), (head.to_owned() + &rules).into_bytes())])
}

/// The codes of the warnings about one condition.
fn warnings(when: &str) -> Vec<Code> {
    let compiled =
        compile_files(&pack(&[when]), "p.toml").unwrap_or_else(|report| panic!("{when}\n{}", report.render(false)));
    let raised = |one: &outwork_compiler::Diagnostic| (one.code != Code::NotRaised).then_some(one.code);
    compiled.warnings.diagnostics().iter().filter_map(raised).collect()
}

#[test]
fn what_can_never_hold_is_found() {
    for when in [
        "false",
        "request.path == '/a' && request.path == '/b'",
        "request.path == '/a' && !(request.path in lists.paths)",
        "request.path in lists.paths && size(request.path) > 4",
        "request.path in lists.paths && request.path.startsWith('/x')",
        "request.path.lowerAscii() == '/a' && request.path == '/B'",
        "request.path == '/B' && request.path.lowerAscii() != '/b'",
        "request.path.startsWith('/Api') && request.path.lowerAscii().startsWith('/app')",
        "request.path.contains('login') && !request.path.contains('log')",
        "request.path.endsWith('.php') && !request.path.contains('.')",
        "request.path.matches('^/[a-z]+$') && request.path.contains('7')",
        "request.path.matches('[0-9]') && !request.path.matches('[0-9a-f]')",
        "request.path.startsWithAny(['/a/', '/b/']) && size(request.path) <= 2",
        "ua.major < 0",
        "ua.major > 9223372036854775807",
        "ua.major > 100 && ua.major < 101",
        "ua.major == 5 && ua.major in [6, 7]",
        "network.asn in lists.asns && network.asn > 1 && network.asn != 64500",
        "ua.mobile && !ua.mobile",
        "ua.mobile && ua.mobile.absent",
        "tls.sni == request.authority && tls.sni != request.authority",
        "tls.sni == request.authority && request.authority.absent",
        "client.address in lists.nets && client.address in ['192.0.2.0/24']",
        "client.address in ['10.1.0.0/16'] && !(client.address in lists.nets)",
        "client.address == '10.0.0.1' && client.address == '2001:db8::1'",
        "'x' in request.headers && request.headers['x'].absent",
        "(ua.mobile || request.path == '/a') && !ua.mobile && request.path == '/b'",
        "ua.mobile ? request.path.absent && request.path == '/' : false",
    ] {
        assert!(warnings(when).contains(&Code::NeverFires), "{when}: {:?}", warnings(when));
    }
}

#[test]
fn what_can_hold_is_left_alone() {
    for when in [
        "true",
        "ua.mobile",
        "!ua.mobile && ua.major >= 100 && ua.major < 110",
        "request.path.startsWith('/api/') && request.path.contains('x') && request.path.endsWith('i')",
        "request.path.startsWith('/api/') && !request.path.endsWith('.json')",
        "request.path.lowerAscii().contains('bot') && !request.path.contains('BOT')",
        "request.path.matches('^/wp-(admin|login)') && request.path.endsWith('.php')",
        "client.address in lists.nets && !(client.address in ['10.0.0.0/9'])",
        "request.method == 'POST' ? request.path == '/login' : ua.mobile",
        "!tls.sni.known || tls.sni != request.authority",
        "tls.ja4.known && tls.ja4 != 'x'",
        "network.asn in lists.asns || network.country == 'DE'",
        "tls.ja4.unavailable",
        "request.headers['x'].unavailable || request.header_names.unavailable",
        "request.header_names.known && request.header_values['x'].known",
        "ua.mobile || !ua.mobile",
    ] {
        assert_eq!(warnings(when), [], "{when}");
    }
}

#[test]
fn what_decides_nothing_is_found() {
    for when in [
        "ua.mobile && ua.mobile",
        "request.path == '/a' || request.path in lists.paths",
        "request.path.startsWith('/a/b') && request.path.startsWith('/a')",
        "request.path == '/a' && !(request.path == '/b')",
        "client.address in ['10.1.0.0/16'] || client.address in lists.nets",
        "ua.major > 100 && ua.major > 90",
        "ua.mobile || request.path == '/a' && request.path == '/b'",
        "request.method == 'POST' && (request.method == 'POST' || ua.mobile)",
        "request.path.contains('a') && request.path.matches('[a-c]')",
    ] {
        assert_eq!(warnings(when), [Code::Redundant], "{when}");
    }
}

#[test]
fn what_always_holds_is_found() {
    for when in
        ["tls.ja4.known || !tls.ja4.known", "request.headers['x'].unavailable || !request.headers['x'].unavailable"]
    {
        assert_eq!(warnings(when), [Code::AlwaysHolds], "{when}");
    }
}

/// Conditions over few fields and few values, so that contradictions are common.
fn condition() -> impl Strategy<Value = String> {
    let text = prop::sample::select(vec!["a", "b", "A", "ab", "ba", ""]);
    let field =
        prop::sample::select(vec!["request.headers['x']", "request.headers['x'].lowerAscii()", "request.headers['y']"]);
    let method = prop::sample::select(vec!["contains", "startsWith", "endsWith", "matches"]);
    let leaf = prop_oneof![
        (field.clone(), method, text.clone()).prop_filter_map("a capital", |(field, method, text)| {
            (!field.contains("lower") || !text.contains('A')).then(|| format!("{field}.{method}('{text}')"))
        }),
        (field.clone(), text).prop_filter_map("a capital", |(field, text)| {
            (!field.contains("lower") || !text.contains('A')).then(|| format!("{field} == '{text}'"))
        }),
        (prop::sample::select(vec!["<", ">", "=="]), 0..3)
            .prop_map(|(op, size)| { format!("size(request.headers['x']) {op} {size}") }),
        (prop::sample::select(vec!["<", ">", "=="]), 0..3).prop_map(|(op, n)| format!("network.asn {op} {n}")),
        prop::sample::select(vec!["network.asn", "request.headers['x']"]).prop_flat_map(|field| {
            prop::sample::select(vec!["known", "absent", "unavailable"])
                .prop_map(move |state| format!("{field}.{state}"))
        }),
        prop::sample::select(vec!["10.0.0.0/8", "10.0.0.1", "10.128.0.0/9", "::/0"])
            .prop_map(|net| format!("client.address in ['{net}']")),
    ];
    leaf.prop_recursive(4, 12, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} && {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} || {b})")),
            inner.clone().prop_map(|a| format!("!({a})")),
            (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
        ]
    })
}

/// Every request over the values that the conditions name, and some beside them.
fn requests() -> Vec<Request> {
    let words =
        [None, Some(""), Some("a"), Some("A"), Some("b"), Some("ab"), Some("aB"), Some("ba"), Some("cab"), Some("c")];
    let asns = [Fact::Unavailable, Fact::Absent, Fact::Known(0), Fact::Known(1), Fact::Known(2), Fact::Known(3)];
    let addresses = [
        Fact::Unavailable,
        Fact::Known("10.0.0.1"),
        Fact::Known("10.200.0.1"),
        Fact::Known("192.0.2.1"),
        Fact::Known("::1"),
    ];
    let mut requests = Vec::new();
    for x in words {
        for y in [None, Some("a"), Some("ab"), Some("c")] {
            for asn in asns {
                for address in addresses {
                    let header = |name: &str, value: Option<&str>| {
                        value.map(|value| (name.to_owned(), value.as_bytes().to_vec()))
                    };
                    let headers = [header("x", x), header("y", y)].into_iter().flatten().collect();
                    let address = address.map(|text| text.parse().unwrap());
                    requests.push(Request { headers, asn, address, ..Request::default() });
                }
            }
        }
    }
    requests
}

/// On how many of the requests each rule fires.
fn fired(policy: &Policy, requests: &[Request]) -> Vec<Vec<bool>> {
    let mut scratch = Scratch::default();
    let mut rules = vec![Vec::new(); policy.rules().len()];
    for request in requests {
        request.with_facts(Time::default(), [0; 16], |facts| {
            policy.conditions().evaluate(&Scene::new(facts), &mut scratch)
        });
        rules.iter_mut().enumerate().for_each(|(place, answers)| answers.push(scratch.holds(place)));
    }
    rules
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_warning_is_wrong(conditions in prop::collection::vec(condition(), 6)) {
        let requests = requests();
        let whens: Vec<&str> = conditions.iter().map(String::as_str).collect();
        let compiled = compile_files(&pack(&whens), "p.toml").unwrap();
        let policy = Policy::load(&compiled.bundle).unwrap();
        let fired = fired(&policy, &requests);
        for warning in compiled.warnings.diagnostics() {
            let rule = (0..whens.len()).find(|at| warning.message.contains(&format!("`r{at}`")));
            let Some(answers) = rule.map(|rule| &fired[rule]) else { continue };
            let wrong = match warning.code {
                Code::NeverFires => answers.iter().any(|&fired| fired),
                Code::AlwaysHolds => answers.iter().any(|&fired| !fired),
                Code::SameCondition => {
                    let other = (0..whens.len()).find(|&at| {
                        Some(at) != rule && warning.message.contains(&format!("`r{at}`"))
                    });
                    other.is_some_and(|other| fired[other] != *answers)
                }
                _ => false,
            };
            prop_assert!(!wrong, "{}\n{}", whens[rule.unwrap_or(0)], warning.message);
        }
    }
}
