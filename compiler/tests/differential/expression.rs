//! Random conditions.

use crate::STRINGS;
use proptest::{prelude::*, sample::select};
use std::{
    collections::{BTreeMap, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
};

/// A condition.
#[derive(Clone, Debug)]
pub(crate) enum Expression {
    Test(Test),
    Not(Box<Expression>),
    /// Two conditions and what is between them.
    Two(Box<Expression>, &'static str, Box<Expression>),
    If(Box<Expression>, Box<Expression>, Box<Expression>),
    /// Put into a macro of the pack.
    Macro(Box<Expression>),
}

/// A test as Outwork reads it, and as the interpreter does.
#[derive(Clone, Debug)]
pub(crate) struct Test {
    ours: String,
    reference: String,
}

impl Test {
    fn same(text: String) -> Self {
        Self { ours: text.clone(), reference: text }
    }

    fn map(self, change: impl Fn(String) -> String) -> Self {
        Self { ours: change(self.ours), reference: change(self.reference) }
    }
}

impl Expression {
    pub(crate) fn ours(&self) -> String {
        match self {
            Self::Macro(inner) => format!("macros.{}", name_of(&inner.ours())),
            _ => self.write(&Self::ours, |test| &test.ours),
        }
    }

    pub(crate) fn reference(&self) -> String {
        match self {
            Self::Macro(inner) => format!("({})", inner.reference()),
            _ => self.write(&Self::reference, |test| &test.reference),
        }
    }

    fn write(&self, part: &dyn Fn(&Self) -> String, text: impl Fn(&Test) -> &String) -> String {
        match self {
            Self::Test(test) => text(test).clone(),
            Self::Not(inner) => format!("!({})", part(inner)),
            Self::Two(a, op, b) => format!("({}) {op} ({})", part(a), part(b)),
            Self::If(test, a, b) => format!("({}) ? ({}) : ({})", part(test), part(a), part(b)),
            Self::Macro(inner) => part(inner),
        }
    }

    /// Collects the macros that it names, by name.
    pub(crate) fn macros(&self, all: &mut BTreeMap<String, String>) {
        match self {
            Self::Test(_) => {}
            Self::Not(inner) => inner.macros(all),
            Self::Two(a, _, b) => [a, b].into_iter().for_each(|part| part.macros(all)),
            Self::If(a, b, c) => [a, b, c].into_iter().for_each(|part| part.macros(all)),
            Self::Macro(inner) => {
                inner.macros(all);
                all.insert(name_of(&inner.ours()), inner.ours());
            }
        }
    }
}

impl Expression {
    /// Whether no part of it is a constant, which might make all of it one.
    fn asks(&self) -> bool {
        let text = self.reference();
        !text.contains("true") && !text.contains("false")
    }
}

/// The name of the macro with this text.
fn name_of(text: &str) -> String {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    format!("m{:x}", hasher.finish())
}

pub(crate) fn expression() -> impl Strategy<Value = Expression> {
    test().prop_map(Expression::Test).prop_recursive(4, 12, 3, |inner| {
        let part = || inner.clone().prop_map(Box::new);
        prop_oneof![
            2 => part().prop_map(Expression::Not),
            3 => (part(), part()).prop_map(|(a, b)| Expression::Two(a, "&&", b)),
            3 => (part(), part()).prop_map(|(a, b)| Expression::Two(a, "||", b)),
            1 => (part(), select(vec!["==", "!="]), part())
                .prop_filter("a comparison of constants is refused", |(a, _, b)| a.asks() && b.asks())
                .prop_map(|(a, op, b)| Expression::Two(a, op, b)),
            1 => (part(), part(), part()).prop_map(|(test, a, b)| Expression::If(test, a, b)),
            1 => part().prop_map(Expression::Macro),
        ]
    })
}

const TEXTS: [&str; 8] = [
    "request.path",
    "request.headers[\"x-a\"]",
    "request.headers.accept",
    "request.cookies[\"c\"]",
    "request.params['p']",
    "tls.ja4",
    "tls.sni",
    "network.country",
];

const LISTS: [&str; 7] = [
    "request.header_names",
    "request.header_values[\"x-l\"]",
    "request.cookie_names",
    "request.param_names",
    "request.headers",
    "request.cookies",
    "request.params",
];

const ORDERS: [&str; 6] = ["==", "!=", "<", "<=", ">", ">="];

/// Over bytes and over characters, these match the same texts.
const PATTERNS: [&str; 6] = ["^a+b", "(?i)bb", "b$", "[ab]{2}", "a(b|é)", "^$"];

fn test() -> BoxedStrategy<Test> {
    prop_oneof![
        6 => text().prop_flat_map(|(text, lower)| of_text(text, lower)),
        2 => pair(),
        2 => number(),
        2 => state(),
        3 => list(),
        2 => either(),
        1 => select(vec!["ua.present", "ua.present == true", "false != ua.present", "true", "false"])
            .prop_map(|text| Test::same(text.to_owned())),
    ]
    .boxed()
}

/// A text, and whether its letters are made lower case.
fn text() -> impl Strategy<Value = (String, bool)> {
    (select(TEXTS.to_vec()), any::<bool>())
        .prop_map(|(text, lower)| (if lower { format!("{text}.lowerAscii()") } else { text.to_owned() }, lower))
}

/// What is written beside such a text.
fn word(lower: bool) -> BoxedStrategy<String> {
    if lower { "[abé]{0,3}".boxed() } else { "[abBé]{0,3}".boxed() }
}

fn words(lower: bool) -> impl Strategy<Value = String> {
    prop::collection::vec(word(lower), 1..4).prop_map(|words| format!("{words:?}"))
}

fn of_text(text: String, lower: bool) -> BoxedStrategy<Test> {
    let with = move |make: fn(&str, &str) -> String| {
        let text = text.clone();
        move |word: String| Test::same(make(&text, &word))
    };
    let quoted = || word(lower).prop_map(|word| format!("{word:?}"));
    let lists = || prop_oneof![3 => words(lower), 1 => Just("lists.strings".to_owned())];
    let plain = prop_oneof![
        quoted().prop_map(with(|text, word| format!("{text} == {word}"))),
        quoted().prop_map(with(|text, word| format!("{word} != {text}"))),
        quoted().prop_map(with(|text, word| format!("{text} < {word}"))),
        quoted().prop_map(with(|text, word| format!("{word} <= {text}"))),
        quoted().prop_map(with(|text, word| format!("{word} >= {text}"))),
        quoted().prop_map(with(|text, word| format!("{text}.startsWith({word})"))),
        quoted().prop_map(with(|text, word| format!("{text}.endsWith({word})"))),
        quoted().prop_map(with(|text, word| format!("{text}.contains({word})"))),
        lists().prop_map(with(|text, list| format!("{text} in {list}"))),
        Just("[]".to_owned()).prop_map(with(|text, list| format!("{text} in {list}"))),
        select(PATTERNS.to_vec()).prop_map(String::from).prop_map(with(|text, one| format!("{text}.matches({one:?})"))),
    ];
    let over = prop_oneof![
        lists().prop_map(with(|text, list| format!("{list}.exists(v, {text}.startsWith(v))"))),
        lists().prop_map(with(|text, list| format!("{list}.all(v, !{text}.contains(v) || v == \"a\")"))),
        lists().prop_map(with(|text, list| format!("{list}.exists(v, v != \"ab\" && size(v) < 9 && {text} == v)"))),
        lists().prop_map(with(|text, list| format!("[].exists(v, {text} == v) || {list}.exists(v, {text} > v)"))),
    ];
    let text_of = with(|text, _| text.to_owned())(String::new()).ours;
    prop_oneof![6 => plain, 2 => over, 2 => any_of(text_of.clone(), lower), 2 => size(text_of)].boxed()
}

/// `startsWithAny` and its like.
fn any_of(text: String, lower: bool) -> impl Strategy<Value = Test> {
    let lists = prop_oneof![words(lower), Just("lists.strings".to_owned())];
    (select(vec!["startsWith", "endsWith", "contains"]), lists).prop_map(move |(method, list)| Test {
        ours: format!("{text}.{method}Any({list})"),
        reference: format!("{list}.exists(w, {text}.{method}(w))"),
    })
}

fn size(text: String) -> impl Strategy<Value = Test> {
    (select(ORDERS.to_vec()), -1_i64..6, any::<bool>()).prop_map(move |(op, size, method)| Test {
        ours: if method { format!("{text}.size() {op} {size}") } else { format!("size({text}) {op} {size}") },
        reference: format!("size(bytes({text})) {op} {size}"),
    })
}

/// Two fields of the request.
fn pair() -> impl Strategy<Value = Test> {
    let how = select(vec!["==", "!=", "<", ">=", "startsWith", "endsWith", "contains"]);
    (text(), how, text()).prop_filter_map("a field is not compared with itself", |((a, _), how, (b, _))| {
        let compared = if how.starts_with(|c: char| c.is_ascii_alphabetic()) {
            format!("{a}.{how}({b})")
        } else {
            format!("{a} {how} {b}")
        };
        (a != b).then(|| Test::same(compared))
    })
}

fn number() -> impl Strategy<Value = Test> {
    let order = || select(ORDERS.to_vec());
    prop_oneof![
        (order(), 0_i64..5).prop_map(|(op, number)| format!("network.asn {op} {number}")),
        (order(), 0_i64..5).prop_map(|(op, number)| format!("{number} {op} network.asn")),
        prop::collection::vec(0_i64..5, 0..3).prop_map(|numbers| format!("network.asn in {numbers:?}")),
        Just("network.asn in lists.numbers".to_owned()),
        order().prop_map(|op| format!("lists.numbers.exists(n, network.asn {op} n)")),
        order().prop_map(|op| format!("[0, 2, 3].all(n, n > 2 || network.asn {op} n)")),
        (order(), order()).prop_map(|(a, b)| format!("network.asn {a} 9223372036854775807 || network.asn {b} 2")),
        order().prop_map(|op| format!("request.path_depth {op} network.asn")),
    ]
    .prop_map(Test::same)
}

fn state() -> impl Strategy<Value = Test> {
    let fields: Vec<&str> = TEXTS.into_iter().chain(["network.asn", "request.header_values[\"x-l\"]"]).collect();
    let asked = (select(fields), select(vec!["known", "absent", "unavailable"]))
        .prop_map(|(field, state)| Test { ours: format!("{field}.{state}"), reference: format!("{state}[{field:?}]") });
    let sent = select(vec![
        "has(request.headers.accept)",
        "has(request.cookies.c)",
        "has(request.params.p)",
        "has(request.header_values.accept)",
        "has(tls.sni)",
        "\"x-a\" in request.headers",
        "\"x-l\" in request.header_values",
        "\"c\" in request.cookies",
        "'p' in request.params",
    ]);
    prop_oneof![asked, sent.prop_map(|text| Test::same(text.to_owned()))]
}

/// What is asked of a list's elements, and of the list.
fn list() -> impl Strategy<Value = Test> {
    let asked = (select(LISTS.to_vec()), select(vec!["exists", "all"]), of_element());
    let any = asked.prop_map(|(list, quantifier, test)| test.map(|text| format!("{list}.{quantifier}(e, {text})")));
    let word = prop_oneof![Just("a".to_owned()), Just("accept".to_owned()), Just("c".to_owned()), word(false)];
    let has = (word, select(LISTS[..4].to_vec())).prop_map(|(word, list)| format!("{word:?} in {list}"));
    let size = (select(LISTS.to_vec()), select(ORDERS.to_vec()), 0..4)
        .prop_map(|(list, op, size)| format!("size({list}) {op} {size}"));
    prop_oneof![4 => any, 1 => has.prop_map(Test::same), 1 => size.prop_map(Test::same)]
}

fn of_element() -> BoxedStrategy<Test> {
    let one = || {
        prop_oneof![
            3 => of_text("e".to_owned(), false),
            1 => of_text("e.lowerAscii()".to_owned(), true),
            1 => Just(Test::same("e == \"x-a\"".to_owned())),
        ]
    };
    let two = (one(), select(vec!["&&", "||", "=="]), one()).prop_map(|(a, op, b)| Test {
        ours: format!("(({}) {op} !({}))", a.ours, b.ours),
        reference: format!("(({}) {op} !({}))", a.reference, b.reference),
    });
    prop_oneof![2 => one(), 1 => two].boxed()
}

/// Values that are one or the other.
fn either() -> impl Strategy<Value = Test> {
    let test = select(vec!["ua.present", "tls.sni == \"a\"", "network.asn > 1", "tls.ja4 in lists.strings"]);
    (test, select(ORDERS.to_vec()), text(), select(STRINGS.to_vec()), 0_i64..5, 0..7).prop_map(
        |(test, op, (text, _), word, number, which)| {
            let value = format!("({test} ? {text} : \"{word}\")");
            match which {
                0 => Test::same(format!("({test} ? {number} : 2) {op} network.asn")),
                1 => Test::same(format!("network.asn {op} ({test} ? 1 : {number})")),
                2 => Test::same(format!("{text} {op} ({test} ? \"a\" : {word:?})")),
                3 => Test::same(format!("{value} {op} \"a\"")),
                4 => Test::same(format!("{text}.startsWith({test} ? {word:?} : \"a\")")),
                5 => Test::same(format!("{text} in ({test} ? [{word:?}] : lists.strings)")),
                _ => Test {
                    ours: format!("size({value}) {op} {number}"),
                    reference: format!("size(bytes({value})) {op} {number}"),
                },
            }
        },
    )
}
