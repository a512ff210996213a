//! What `[[limit]]` means: every key of it arrives in the bundle.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails loudly")]

use outwork_compiler::compile_files;
use outwork_engine::{
    limits::{Ladder, Limit, Penalty, Rung, Scope, Unreachable},
    policy::Policy,
};
use std::collections::BTreeMap;

const SECOND: u64 = 1_000_000;

fn policy(text: &str) -> Policy {
    let files =
        BTreeMap::from([("outwork.toml".to_owned(), format!("[policy]\nversion = \"1\"\n{text}").into_bytes())]);
    let compiled = compile_files(&files, "outwork.toml").unwrap_or_else(|report| panic!("{}", report.render(false)));
    Policy::load(&compiled.bundle).unwrap()
}

fn limit(keys: &str) -> Limit {
    let text = format!(
        "[[limit]]\nid = \"l\"\nwhen = 'request.path == \"/login\"'\nkey = [\"ip\"]\nburst = 20\nrefill = \"10/min\"\n{keys}"
    );
    let policy = policy(&text);
    let [limit] = policy.limits() else { panic!("one limit") };
    limit.clone()
}

#[test]
fn what_is_not_said_is_a_bucket_without_a_ladder() {
    let limit = limit("");
    let expected =
        Limit { id: "l".into(), key: limit.key.clone(), burst: 20, interval: [6 * SECOND; 3], ..Limit::default() };
    assert_eq!(limit, expected);
    assert_eq!((limit.scope, limit.unreachable), (Scope::Local, Unreachable::Local));
}

#[test]
fn a_scale_makes_tokens_come_back_more_slowly() {
    assert_eq!(limit("refill_scale = { high = 0.25 }").interval, [6 * SECOND, 6 * SECOND, 24 * SECOND]);
    assert_eq!(
        limit("refill_scale = { low = 1, medium = 0.5, high = 0.01 }").interval,
        [6, 12, 600].map(|s| s * SECOND)
    );
}

#[test]
fn a_ladder_has_its_rungs_and_its_terms() {
    let limit = limit(
        "ladder = [\"throttle\", \"challenge\", \"block\"]\npenalty = { base = \"1m\", factor = 3, max = \"2h\", forgive = \"5m\" }\ndecoy = \"challenge\"",
    );
    assert_eq!(limit.ladder.rungs().collect::<Vec<_>>(), [Rung::Throttle, Rung::Challenge, Rung::Block]);
    assert_eq!(limit.penalty, Penalty { base: 60 * SECOND, factor: 3, max: 7_200 * SECOND, forgive: 300 * SECOND });
    assert_eq!(limit.decoy, 2, "the second level");
}

#[test]
fn a_ladder_without_a_penalty_has_the_terms_that_the_page_names() {
    let limit = limit("ladder = [\"block\"]");
    assert_eq!((limit.ladder, limit.penalty), (Ladder::NONE.with(Rung::Block), Penalty::default()));
    assert_eq!(limit.penalty, Penalty { base: 30 * SECOND, factor: 2, max: 3_600 * SECOND, forgive: 600 * SECOND });
}

#[test]
fn where_the_bucket_stands_and_what_happens_without_it_is_said() {
    let limit = limit("scope = \"global\"\nunreachable = \"closed\"\ntarpit = \"2s\"");
    assert_eq!((limit.scope, limit.unreachable, limit.tarpit), (Scope::Global, Unreachable::Closed, 2_000));
    assert_eq!(self::limit("unreachable = \"open\"").unreachable, Unreachable::Open);
}
