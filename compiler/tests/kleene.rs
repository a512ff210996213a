//! Random conditions over random requests: the compiled form must say what a slow reading of the same tree says.
//!
//! The reference knows nothing of atoms, automata, programs or triggers: it walks the tree with Kleene's logic and
//! looks at the request's own strings.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails loudly")]

use outwork_compiler::{Request, compile_files};
use outwork_engine::{
    fact::Fact,
    policy::Policy,
    rules::Scratch,
    signals::{SIGNALS, Scene, Value, by_name},
    time::Time,
};
use proptest::{prelude::*, sample::select};
use std::{collections::BTreeMap, fmt::Write, net::IpAddr};

/// Three-valued: none is unknown.
type Truth = Option<bool>;

#[derive(Clone, Debug)]
enum Tree {
    Test(Field, Ask),
    Constant(bool),
    Not(Box<Tree>),
    And(Box<Tree>, Box<Tree>),
    Or(Box<Tree>, Box<Tree>),
    If(Box<Tree>, Box<Tree>, Box<Tree>),
}

#[derive(Clone, Copy, Debug)]
enum Field {
    Path,
    Header(&'static str),
    Lower(&'static str),
    Cookie(&'static str),
    Param(&'static str),
    Ja4,
    Sni,
    Asn,
    Address,
    Present,
}

#[derive(Clone, Debug)]
enum Ask {
    Known,
    Absent,
    Unavailable,
    Equals(String),
    NotEquals(String),
    In(Vec<String>),
    StartsWith(String),
    EndsWith(String),
    ContainsAny(Vec<String>),
    InList,
    Matches(&'static str),
    Size(&'static str, i64),
    SameAsSni,
    Number(&'static str, i64),
    Numbers(Vec<i64>),
    Network(&'static str),
    IsTrue,
}

const STRINGS: [&str; 4] = ["ab", "", "b", "abab"];
const NETWORKS: [&str; 3] = ["203.0.113.0/25", "2001:db8::/48", "203.0.113.64/26"];

impl Field {
    fn cel(self) -> String {
        match self {
            Self::Path => "request.path".into(),
            Self::Header(name) => format!("request.headers[\"{name}\"]"),
            Self::Lower(name) => format!("request.headers[\"{name}\"].lowerAscii()"),
            Self::Cookie(name) => format!("request.cookies[\"{name}\"]"),
            Self::Param(name) => format!("request.params['{name}']"),
            Self::Ja4 => "tls.ja4".into(),
            Self::Sni => "tls.sni".into(),
            Self::Asn => "network.asn".into(),
            Self::Address => "client.address".into(),
            Self::Present => "ua.present".into(),
        }
    }

    fn text(self, request: &Request) -> Fact<String> {
        let header = |name: &str| {
            let found = request.headers.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| String::from_utf8(value.clone()).unwrap())
        };
        let pair = |pairs: &str, by: char, name: &str| {
            let found =
                pairs.split(by).filter_map(|pair| pair.trim().split_once('=')).find(|(known, _)| *known == name);
            found.map(|(_, value)| value.to_owned())
        };
        match self {
            Self::Path => Fact::Known(request.target.split('?').next().unwrap().to_owned()),
            Self::Header(name) => Fact::from_option(header(name)),
            Self::Lower(name) => Fact::from_option(header(name)).map(|text| text.to_ascii_lowercase()),
            Self::Cookie(name) => Fact::from_option(header("cookie").and_then(|cookies| pair(&cookies, ';', name))),
            Self::Param(name) => {
                Fact::from_option(request.target.split_once('?').and_then(|(_, query)| pair(query, '&', name)))
            }
            Self::Ja4 => request.ja4.clone(),
            Self::Sni => request.sni.clone(),
            Self::Asn | Self::Address | Self::Present => unreachable!("not text"),
        }
    }
}

impl Ask {
    fn cel(&self, field: &str) -> String {
        let list = |texts: &[String]| {
            format!("[{}]", texts.iter().map(|text| format!("{text:?}")).collect::<Vec<_>>().join(", "))
        };
        match self {
            Self::Known => format!("{field}.known"),
            Self::Absent => format!("{field}.absent"),
            Self::Unavailable => format!("{field}.unavailable"),
            Self::Equals(text) => format!("{field} == {text:?}"),
            Self::NotEquals(text) => format!("{text:?} != {field}"),
            Self::In(texts) => format!("{field} in {}", list(texts)),
            Self::StartsWith(text) => format!("{field}.startsWith({text:?})"),
            Self::EndsWith(text) => format!("{field}.endsWith({text:?})"),
            Self::ContainsAny(texts) => format!("{field}.containsAny({})", list(texts)),
            Self::InList => format!("{field} in lists.strings"),
            Self::Matches(pattern) => format!("{field}.matches({pattern:?})"),
            Self::Size(op, size) => format!("size({field}) {op} {size}"),
            Self::SameAsSni => format!("{field} == tls.sni"),
            Self::Number(op, number) => format!("{field} {op} {number}"),
            Self::Numbers(numbers) => format!("{field} in {numbers:?}"),
            Self::Network(network) => format!("{field} in [{network:?}]"),
            Self::IsTrue => field.to_owned(),
        }
    }

    fn of_text(&self, text: &str, sni: &Fact<String>) -> Truth {
        Some(match self {
            Self::Equals(wanted) => text == wanted,
            Self::NotEquals(wanted) => text != wanted,
            Self::In(wanted) => wanted.iter().any(|wanted| wanted == text),
            Self::StartsWith(part) => text.starts_with(part.as_str()),
            Self::EndsWith(part) => text.ends_with(part.as_str()),
            Self::ContainsAny(parts) => parts.iter().any(|part| text.contains(part.as_str())),
            Self::InList => STRINGS.contains(&text),
            Self::Matches("^a+b") => text.trim_start_matches('a').starts_with('b') && text.starts_with('a'),
            Self::Matches(_) => text.to_ascii_lowercase().contains("bb"),
            Self::Size(op, size) => compare(op, text.len() as i64, *size),
            Self::SameAsSni => text == sni.as_ref().known()?,
            other => unreachable!("{other:?} of text"),
        })
    }
}

fn compare(op: &str, left: i64, right: i64) -> bool {
    match op {
        "==" => left == right,
        "!=" => left != right,
        "<" => left < right,
        "<=" => left <= right,
        ">" => left > right,
        _ => left >= right,
    }
}

fn not(truth: Truth) -> Truth {
    truth.map(|truth| !truth)
}

fn and(left: Truth, right: Truth) -> Truth {
    match (left, right) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

impl Tree {
    fn cel(&self) -> String {
        match self {
            Self::Test(field, ask) => ask.cel(&field.cel()),
            Self::Constant(value) => value.to_string(),
            Self::Not(inner) => format!("!({})", inner.cel()),
            Self::And(a, b) => format!("({}) && ({})", a.cel(), b.cel()),
            Self::Or(a, b) => format!("({}) || ({})", a.cel(), b.cel()),
            Self::If(test, a, b) => format!("({}) ? ({}) : ({})", test.cel(), a.cel(), b.cel()),
        }
    }

    fn truth(&self, request: &Request) -> Truth {
        match self {
            Self::Test(field, ask) => ask_of(*field, ask, request),
            Self::Constant(value) => Some(*value),
            Self::Not(inner) => not(inner.truth(request)),
            Self::And(a, b) => and(a.truth(request), b.truth(request)),
            Self::Or(a, b) => not(and(not(a.truth(request)), not(b.truth(request)))),
            Self::If(test, a, b) => match test.truth(request) {
                Some(true) => a.truth(request),
                Some(false) => b.truth(request),
                // CEL's conditional of an error is an error.
                None => None,
            },
        }
    }
}

fn ask_of(field: Field, ask: &Ask, request: &Request) -> Truth {
    let state = match field {
        Field::Asn => request.asn.map(|_| ()),
        Field::Address => request.address.map(|_| ()),
        Field::Present => Fact::Known(()),
        _ => field.text(request).map(|_| ()),
    };
    match (ask, state) {
        (Ask::Known, state) => return Some(state.is_known()),
        (Ask::Unavailable, state) => return Some(state == Fact::Unavailable),
        (Ask::Absent, Fact::Unavailable) => return None,
        (Ask::Absent, state) => return Some(state == Fact::Absent),
        _ => {}
    }
    match field {
        Field::Present => Some(request.headers.iter().any(|(name, _)| name == "user-agent")),
        Field::Asn => {
            let asn = i64::from(request.asn.known()?);
            Some(match ask {
                Ask::Number(op, number) => compare(op, asn, *number),
                Ask::Numbers(numbers) => numbers.contains(&asn),
                other => unreachable!("{other:?} of a number"),
            })
        }
        Field::Address => {
            let Ask::Network(network) = ask else { unreachable!("{ask:?} of an address") };
            Some(is_in(request.address.known()?, network))
        }
        _ => ask.of_text(&field.text(request).known()?, &request.sni),
    }
}

fn is_in(address: IpAddr, network: &str) -> bool {
    let (first, length) = network.split_once('/').unwrap();
    let bits = |address: IpAddr| match address {
        IpAddr::V4(v4) => format!("{:032b}", v4.to_bits()),
        IpAddr::V6(v6) => format!("{:0128b}", v6.to_bits()),
    };
    let (first, address) = (bits(first.parse().unwrap()), bits(address));
    let length: usize = length.parse().unwrap();
    first.len() == address.len() && first[..length] == address[..length]
}

fn word() -> impl Strategy<Value = String> {
    "[abB]{0,4}"
}

fn test() -> impl Strategy<Value = Tree> {
    let text_field = select(vec![
        Field::Path,
        Field::Header("x-a"),
        Field::Lower("x-a"),
        Field::Cookie("c"),
        Field::Param("p"),
        Field::Ja4,
        Field::Sni,
    ]);
    let state = || select(vec![Ask::Known, Ask::Absent, Ask::Unavailable]);
    let text = prop_oneof![
        state(),
        word().prop_map(Ask::Equals),
        word().prop_map(Ask::NotEquals),
        prop::collection::vec(word(), 0..4).prop_map(Ask::In),
        word().prop_map(Ask::StartsWith),
        word().prop_map(Ask::EndsWith),
        prop::collection::vec(word(), 0..4).prop_map(Ask::ContainsAny),
        Just(Ask::InList),
        select(vec!["^a+b", "(?i)bb"]).prop_map(Ask::Matches),
        (select(vec!["==", "!=", "<", "<=", ">", ">="]), -1_i64..6).prop_map(|(op, size)| Ask::Size(op, size)),
        Just(Ask::SameAsSni),
    ];
    let numbers = prop_oneof![
        state(),
        (select(vec!["==", "!=", "<", "<=", ">", ">="]), 0_i64..4).prop_map(|(op, number)| Ask::Number(op, number)),
        prop::collection::vec(0_i64..4, 0..3).prop_map(Ask::Numbers),
    ];
    prop_oneof![
        8 => (text_field, text).prop_filter_map("a test that cannot hold is refused", |(field, ask)| {
            let lower = matches!(field, Field::Lower(_));
            let capital = ask.cel("").contains('B');
            let fits = match &ask {
                Ask::SameAsSni => !lower && !matches!(field, Field::Sni),
                Ask::Matches(_) | Ask::InList => true,
                _ => !(lower && capital),
            };
            fits.then_some(Tree::Test(field, ask))
        }),
        2 => numbers.prop_map(|ask| Tree::Test(Field::Asn, ask)),
        2 => prop_oneof![state(), select(NETWORKS.to_vec()).prop_map(Ask::Network)].prop_map(|ask| Tree::Test(Field::Address, ask)),
        1 => prop_oneof![state(), Just(Ask::IsTrue)].prop_map(|ask| Tree::Test(Field::Present, ask)),
        1 => any::<bool>().prop_map(Tree::Constant),
    ]
}

fn tree() -> impl Strategy<Value = Tree> {
    test().prop_recursive(4, 16, 3, |inner| {
        let part = || inner.clone().prop_map(Box::new);
        prop_oneof![
            part().prop_map(Tree::Not),
            (part(), part()).prop_map(|(a, b)| Tree::And(a, b)),
            (part(), part()).prop_map(|(a, b)| Tree::Or(a, b)),
            (part(), part(), part()).prop_map(|(test, a, b)| Tree::If(test, a, b)),
        ]
    })
}

fn fact<T: Clone + std::fmt::Debug + 'static>(
    value: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Fact<T>> {
    prop_oneof![3 => value.prop_map(Fact::Known), 1 => Just(Fact::Absent), 1 => Just(Fact::Unavailable)]
}

prop_compose! {
    fn request()(
        path in word(), param in prop::option::of(word()), header in prop::option::of(word()), cookie in prop::option::of(word()),
        agent in any::<bool>(), ja4 in fact(word()), sni in fact(word()), asn in fact(0_u32..4),
        address in fact(select(vec!["203.0.113.7", "203.0.113.70", "203.0.113.200", "2001:db8::1", "2001:db8:1::1"])),
    ) -> Request {
        let mut headers = Vec::new();
        headers.extend(header.map(|value| ("x-a".to_owned(), value.into_bytes())));
        headers.extend(cookie.map(|value| ("cookie".to_owned(), format!("cc=1; c={value}").into_bytes())));
        headers.extend(agent.then(|| ("user-agent".to_owned(), b"x".to_vec())));
        let query = param.map_or_else(String::new, |value| format!("?pp=1&p={value}"));
        Request {
            target: format!("{path}{query}"), headers, ja4, sni, asn,
            address: address.map(|text| text.parse().unwrap()),
            ..Request::default()
        }
    }
}

fn policy(trees: &[Tree]) -> Policy {
    let mut pack = String::from("[pack]\nid = \"p\"\nversion = \"1\"\nwhy = \"x\"\n");
    writeln!(pack, "[lists.strings]\nstrings = {STRINGS:?}").unwrap();
    for (number, tree) in trees.iter().enumerate() {
        let cel = tree.cel();
        writeln!(pack, "[[rule]]\nid = \"r{number}\"\nwhen = {}\nwhy = \"x\"\nscore = 1", toml::Value::from(cel))
            .unwrap();
    }
    let files = BTreeMap::from([("p.toml".to_owned(), pack.into_bytes())]);
    let compiled = compile_files(&files, "p.toml").unwrap_or_else(|report| panic!("{}", report.render(false)));
    Policy::load(&compiled.bundle).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]
    #[test]
    fn compiled_conditions_say_what_the_tree_says(
        trees in prop::collection::vec(tree(), 1..6),
        requests in prop::collection::vec(request(), 12),
    ) {
        let policy = policy(&trees);
        let mut scratch = Scratch::default();
        for request in &requests {
            request.with_facts(Time::default(), [0; 16], |facts| policy.conditions().evaluate(&Scene::new(facts), &mut scratch));
            let holding: Vec<usize> = scratch.holding(usize::MAX).collect();
            let expected: Vec<usize> =
                (0..trees.len()).filter(|&number| trees[number].truth(request) == Some(true)).collect();
            prop_assert_eq!(holding, expected, "{:?}", request);
        }
    }
}

/// The reference reads the request itself: this shows that it and the signals mean the same.
#[test]
fn the_signals_used_here_read_what_the_reference_reads() {
    let request = Request { asn: Fact::Known(3), sni: Fact::Absent, target: "/a?b".into(), ..Request::default() };
    request.with_facts(Time::default(), [0; 16], |facts| {
        let scene = Scene::new(facts);
        let read = |name: &str| (SIGNALS[by_name(name).unwrap()].read)(&scene);
        assert_eq!(read("network.asn"), Fact::Known(Value::Int(3)));
        assert_eq!(read("request.path"), Fact::Known(Value::Text(b"/a")));
        assert_eq!(read("tls.sni"), Fact::Absent);
        assert_eq!(read("tls.ja4"), Fact::Unavailable);
    });
}
