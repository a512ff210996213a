//! What `[[limit]]` means: every key of it arrives in the bundle.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails loudly")]

use outwork_compiler::{Request, compile_files};
use outwork_engine::{
    keys::Keyring,
    limits::{Account, Ladder, Limit, Penalty, Place, Rung, Scope, Unreachable},
    policy::Policy,
    rules::Scratch,
    time::Time,
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

fn account(table: &str) -> Account {
    policy(&format!("[account]\n{table}")).settings().account.clone().unwrap()
}

#[test]
fn an_account_is_a_header_a_cookie_or_a_claim() {
    let of = |place, claim: Option<&str>| Account { place, claim: claim.map(Into::into) };
    assert_eq!(account("header = \"x-user\""), of(Place::Header("x-user".into()), None));
    assert_eq!(account("cookie = \"uid\""), of(Place::Cookie("uid".into()), None));
    let claim = account("jwt = { header = \"authorization\", claim = \"sub\" }");
    assert_eq!(claim, of(Place::Header("authorization".into()), Some("sub")));
    let claim = account("jwt = { cookie = \"token\", claim = \"user_id\" }");
    assert_eq!(claim, of(Place::Cookie("token".into()), Some("user_id")));
}

/// The bucket that a request is charged to.
fn bucket(policy: &Policy, target: &str, headers: &[(&str, &str)]) -> Option<u128> {
    let keys = Keyring::parse("a:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE").unwrap();
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect();
    let request = Request { target: target.into(), headers, ..Request::default() };
    request.with_facts(Time::from_seconds(1), [0; 16], |facts| {
        policy.assess(facts, &keys, &mut Scratch::default()).charges().first().map(|charge| charge.key)
    })
}

#[test]
fn a_bucket_is_one_accounts() {
    let policy = policy(
        "[account]\njwt = { header = \"authorization\", claim = \"sub\" }\n[[limit]]\nid = \"l\"\nwhen = 'request.path == \"/\"'\n\
         key = [\"account\"]\nburst = 1\nrefill = \"1/s\"",
    );
    // {"sub":"alice"}, {"sub":"bob"} and {"sub":"alice","exp":1}.
    let [alice, bob, later] = ["eyJzdWIiOiJhbGljZSJ9", "eyJzdWIiOiJib2IifQ", "eyJzdWIiOiJhbGljZSIsImV4cCI6MX0"]
        .map(|payload| bucket(&policy, "/", &[("authorization", &format!("Bearer e30.{payload}.c2ln"))]));
    assert!(alice.is_some() && bob.is_some());
    assert_ne!(alice, bob);
    assert_eq!(alice, later, "tokens are renewed, accounts stay");
    assert_eq!(bucket(&policy, "/", &[]), None, "nobody is named");
    assert_eq!(bucket(&policy, "/", &[("authorization", "Basic YWxpY2U6eA==")]), None);
}

#[test]
fn a_bucket_is_one_routes() {
    let policy = policy(
        "[[limit]]\nid = \"l\"\nwhen = 'request.path != \"/free\"'\nkey = [\"path\"]\nburst = 1\nrefill = \"1/s\"",
    );
    let [one, other, list] = ["/orders/1001?page=2", "/orders/1002", "/orders"].map(|path| bucket(&policy, path, &[]));
    assert!(one.is_some() && list.is_some());
    assert_eq!(one, other);
    assert_ne!(one, list);
    assert_eq!(bucket(&policy, "/free", &[]), None);
}
