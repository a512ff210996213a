//! Random regular expressions over random bytes: however a policy searches for them, they match where crate `regex` says.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails loudly")]

use outwork_compiler::{Request, compile_files};
use outwork_engine::{policy::Policy, rules::Scratch, signals::Scene, time::Time};
use proptest::{prelude::*, sample::select};
use regex::bytes::{Regex, RegexBuilder};
use std::{collections::BTreeMap, fmt::Write};

/// Expressions of all kinds: literals, those that need some, those that need none, and both cases.
fn pattern() -> impl Strategy<Value = String> {
    let atoms = [
        "a", "b", "B", "ab", "Bot", "bot", "crawl", "[ab]", "[^a]", "[aA]", "[a-c]", ".", r"\d", r"\w", r"\W", r"\s",
        r"\n", r"\xff", "^", "$", r"\b", r"\B", r"\A", r"\z", "(?m:^)", "(?m:$)", "(?s:.)", "(?i:bot)", "(?i:a)", "()",
        r"[^\s\S]", "é",
    ];
    let atom = select(atoms.to_vec()).prop_map(str::to_owned);
    let tree = atom.prop_recursive(4, 12, 4, |inner| {
        prop_oneof![
            4 => prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.concat()),
            2 => prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| format!("(?:{})", parts.join("|"))),
            2 => (inner.clone(), select(vec!["*", "+", "?", "{2}", "{0,2}", "{1,3}", "{2,}", "*?", "+?", "{0}"])).prop_map(|(inner, times)| format!("(?:{inner}){times}")),
            1 => inner.prop_map(|inner| format!("({inner})")),
        ]
    });
    (select(vec!["", "", "", "(?i)", "(?s)", "(?m)"]), tree).prop_map(|(flags, tree)| format!("{flags}{tree}"))
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&[u8]> = vec![
        b"a",
        b"b",
        b"A",
        b"B",
        b"ab",
        b"bot",
        b"Bot",
        b"BOT",
        b"crawl",
        b"\n",
        b"\xff",
        b" ",
        b"7",
        "é".as_bytes(),
        b"-",
    ];
    prop::collection::vec(select(pieces), 0..10).prop_map(|pieces| pieces.concat())
}

fn policy(patterns: &[(String, bool)]) -> Policy {
    let mut pack = String::from("[pack]\nid = \"p\"\nversion = \"1\"\nwhy = \"x\"\n");
    for (number, (pattern, lower)) in patterns.iter().enumerate() {
        let field = if *lower { "request.headers[\"x-a\"].lowerAscii()" } else { "request.headers[\"x-a\"]" };
        let when = format!("{field}.matches(r\"{pattern}\")");
        writeln!(pack, "[[rule]]\nid = \"r{number}\"\nwhen = {}\nwhy = \"x\"\nscore = 1", toml::Value::from(when))
            .unwrap();
    }
    let files = BTreeMap::from([("p.toml".to_owned(), pack.into_bytes())]);
    let compiled = compile_files(&files, "p.toml").unwrap_or_else(|report| panic!("{}", report.render(false)));
    Policy::load(&compiled.bundle).unwrap()
}

fn reference(pattern: &str) -> Regex {
    RegexBuilder::new(pattern).unicode(false).build().unwrap()
}

fn holding(policy: &Policy, text: &[u8], scratch: &mut Scratch) -> Vec<usize> {
    let request = Request { headers: vec![("x-a".into(), text.to_vec())], ..Request::default() };
    request.with_facts(Time::default(), [0; 16], |facts| policy.conditions().evaluate(&Scene::new(facts), scratch));
    scratch.holding(usize::MAX).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]
    #[test]
    fn patterns_match_where_the_reference_says(
        patterns in prop::collection::vec((pattern(), any::<bool>()), 1..10),
        texts in prop::collection::vec(text(), 20),
    ) {
        let policy = policy(&patterns);
        let references: Vec<Regex> = patterns.iter().map(|(pattern, _)| reference(pattern)).collect();
        let mut scratch = Scratch::default();
        for text in &texts {
            let expected: Vec<usize> = (0..patterns.len()).filter(|&at| {
                let text = if patterns[at].1 { text.to_ascii_lowercase() } else { text.clone() };
                references[at].is_match(&text)
            }).collect();
            prop_assert_eq!(holding(&policy, text, &mut scratch), expected, "{:?}", String::from_utf8_lossy(text));
        }
    }
}

/// Patterns as crawler lists, Anubis and firewalls have them.
const USUAL: &[&str] = &[
    r"^/wp-(admin|login)",
    r"\.(php|asp)$",
    "^/x$",
    "bot|crawler|spider",
    "(?i)googlebot",
    "(?i:bot|crawler)",
    "[wW]get",
    r"(^| )sentry\/",
    r"AdsBot-Google([^-]|$)",
    r"ContextualBot[\s\S]*outcomes\.net",
    r"BlogTraffic\/\d\.\d+ Feed-Fetcher",
    r"PerplexityBot/.+; \+https\://perplexity\.ai/perplexitybot",
    r"vkShare[^+]+\+http\://vk\.com/dev/Share",
    r"^/[.A-Za-z0-9_-]{1,256}?[./A-Za-z0-9_-]*\.atom$",
    r"^/\.well-known/.*$",
    r"^/favicon\.(?:ico|png|gif|jpg|jpeg|svg)$",
    r"Mozilla/5\.0 \(.*compatible; [A-Z][a-z]+Bot/\d",
    r"^[a-z]{8,16}$",
    r"\d{5,}",
    r"(?i)(union|select)\s+(all|distinct)",
];

const TEXTS: &[&str] = &[
    "/wp-login.php",
    "/a/wp-login",
    "/x",
    "/x\n",
    "/y.asp",
    "/y.aspx",
    "a crawler",
    "GoOgLeBoT",
    "Wget/1.2",
    "wget",
    "sentry/3",
    "x sentry/3",
    "xsentry/",
    "AdsBot-Google",
    "AdsBot-Google-Mobile",
    "AdsBot-Google x",
    "ContextualBot\n x outcomes.net",
    "outcomes.net ContextualBot",
    "BlogTraffic/1.23 Feed-Fetcher",
    "PerplexityBot/1; +https://perplexity.ai/perplexitybot",
    "vkShare (a; +http://vk.com/dev/Share)",
    "/a.b/c.atom",
    "/.atom",
    "/.well-known/x",
    "/.well-known/a\nb",
    "/favicon.ico",
    "/favicon.jpeg",
    "Mozilla/5.0 (x; compatible; FooBot/2)",
    "abcdefgh",
    "abcdefg",
    "id=12345",
    "Union  ALL",
    "union\nx",
    "",
];

#[test]
fn usual_patterns_match_where_the_reference_says() {
    let patterns: Vec<(String, bool)> = USUAL.iter().map(|&pattern| (pattern.to_owned(), false)).collect();
    let policy = policy(&patterns);
    let mut scratch = Scratch::default();
    let mut seen = vec![false; USUAL.len()];
    for text in TEXTS {
        let expected: Vec<usize> =
            (0..USUAL.len()).filter(|&at| reference(USUAL[at]).is_match(text.as_bytes())).collect();
        assert_eq!(holding(&policy, text.as_bytes(), &mut scratch), expected, "{text:?}");
        expected.iter().for_each(|&at| seen[at] = true);
    }
    assert!(seen.iter().all(|&seen| seen), "{seen:?}");
}

/// What many expressions share a table for must not be lost when one of them matches early.
#[test]
fn expressions_that_share_a_table_are_all_found() {
    let patterns: Vec<(String, bool)> =
        (0..40).map(|n| (format!(r"[a-{}]\d.?[x-z]{{{}}}", char::from(b'b' + n % 20), 1 + n % 3), false)).collect();
    let policy = policy(&patterns);
    let mut scratch = Scratch::default();
    for text in ["a1xxx", "t2-yyyz", "q3z b4xx", "", "zzz", "c5x d6yy e7zzz"] {
        let expected: Vec<usize> = (0..40).filter(|&at| reference(&patterns[at].0).is_match(text.as_bytes())).collect();
        assert_eq!(holding(&policy, text.as_bytes(), &mut scratch), expected, "{text}");
    }
}
