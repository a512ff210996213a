//! Random conditions over random requests: the compiled form must say what CEL's own interpreter says.
//!
//! Crate `cel` interprets the condition over the request as maps and lists. True, false and unknown must agree; unknown
//! is the interpreter's error that a key is missing, and any other error of it fails the test. Both read the same text,
//! except where Outwork departs from CEL on purpose, or has what CEL has no word for:
//!
//! - `size` of text counts bytes here, characters in CEL: the interpreter is asked for `size(bytes(x))`.
//! - `x.known`, `x.absent` and `x.unavailable`: the interpreter looks them up in maps. `has` is asked only of what every
//!   source shows, because for it a fact that cannot be seen is one that was not sent.
//! - `startsWithAny` and its like: the interpreter goes through the list with `exists`.
//! - Macros of the pack: the interpreter gets what they stand for, in parentheses.
//! - Regular expressions are over bytes here, over characters in CEL: only such that make no difference are used.
//! - Text that is not UTF-8, and addresses and networks, cannot be said in CEL; `tests/kleene.rs` has addresses.
//! - Lists of a request that are longer than what is looked at: `tests/lists_of_requests.rs`.
//!
//! Version 0.15 of the crate departs from the specification nowhere that these conditions go: errors are absorbed on
//! both sides of `&&` and `||`, and by `exists` and `all`. Nothing is modelled otherwise.
//!
//! 25,600 pairs of condition and request by default; `OUTWORK_CASES=10000` makes it 640,000.
#![expect(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test fails loudly")]

mod expression;
mod reference;
mod request;

use expression::{Expression, expression};
use outwork_compiler::{Request, compile_files};
use outwork_engine::{policy::Policy, rules::Scratch, signals::Scene, time::Time};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use reference::Reference;
use request::request;
use std::{cell::RefCell, collections::BTreeMap, env, fmt::Write};

/// The lists of the pack, which conditions name.
const STRINGS: [&str; 4] = ["ab", "", "b", "aé"];
const NUMBERS: [i64; 2] = [1, 3];

/// How often each answer was given: true, false, unknown.
type Tally = [u32; 3];

#[test]
fn compiled_conditions_say_what_the_interpreter_says() {
    let cases = env::var("OUTWORK_CASES").map_or(400, |cases| cases.parse().unwrap());
    let mut runner = TestRunner::new(Config { cases, ..Config::default() });
    let tally = RefCell::new(Tally::default());
    let pairs = (prop::collection::vec(expression(), 8), prop::collection::vec(request(), 8));
    let result =
        runner.run(&pairs, |(expressions, requests)| compare(&expressions, &requests, &mut tally.borrow_mut()));
    result.unwrap_or_else(|error| panic!("{error}"));
    let [truths, falsities, unknowns] = tally.into_inner();
    let all = truths + falsities + unknowns;
    assert!(all >= cases * 64, "{all} pairs");
    for (answer, count) in [("true", truths), ("false", falsities), ("unknown", unknowns)] {
        assert!(count * 10 > all, "only {count} of {all} answers are {answer}: the requests do not fit the conditions");
    }
}

fn compare(expressions: &[Expression], requests: &[Request], tally: &mut Tally) -> Result<(), TestCaseError> {
    let policy = policy(expressions);
    let references: Vec<Reference> = expressions.iter().map(|one| Reference::of(&one.reference())).collect();
    let mut scratch = Scratch::default();
    for request in requests {
        let context = reference::context(request);
        request.with_facts(Time::default(), [0; 16], |facts| {
            policy.conditions().evaluate(&Scene::new(facts), &mut scratch);
        });
        for (number, reference) in references.iter().enumerate() {
            let answer = match (scratch.holds(2 * number), scratch.holds(2 * number + 1)) {
                (true, false) => Some(true),
                (false, true) => Some(false),
                (false, false) => None,
                (true, true) => panic!("a condition and its opposite hold: {}", expressions[number].ours()),
            };
            let expected = reference.answer(&context);
            prop_assert_eq!(answer, expected, "{} of {:?}", expressions[number].ours(), request);
            tally[answer.map_or(2, |truth| usize::from(!truth))] += 1;
        }
    }
    Ok(())
}

/// A policy with two rules for each expression: it, and its opposite.
fn policy(expressions: &[Expression]) -> Policy {
    let mut pack = String::from("[pack]\nid = \"p\"\nversion = \"1\"\nwhy = \"x\"\n");
    writeln!(pack, "[lists]\nstrings = {{ strings = {STRINGS:?} }}\nnumbers = {{ numbers = {NUMBERS:?} }}").unwrap();
    let mut macros = BTreeMap::new();
    expressions.iter().for_each(|one| one.macros(&mut macros));
    writeln!(pack, "[macros]").unwrap();
    for (name, text) in macros {
        writeln!(pack, "{name} = {}", toml::Value::from(text)).unwrap();
    }
    for (number, one) in expressions.iter().enumerate() {
        for (kind, when) in [("is", one.ours()), ("not", format!("!({})", one.ours()))] {
            let when = toml::Value::from(when);
            writeln!(pack, "[[rule]]\nid = \"{kind}.{number}\"\nwhen = {when}\nwhy = \"x\"\nscore = 1").unwrap();
        }
    }
    let files = BTreeMap::from([("p.toml".to_owned(), pack.into_bytes())]);
    let compiled = compile_files(&files, "p.toml").unwrap_or_else(|report| panic!("{}", report.render(false)));
    Policy::load(&compiled.bundle).unwrap()
}
