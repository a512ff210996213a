//! The cases of tests/limits in memory, by a clock of their own: every other store has to agree with this one. And once more with
//! the buckets counted elsewhere in fixed windows, as a rate-limit service does: what a case expects must not depend on which.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails loudly")]

use outwork_compiler::{Request, compile_files};
use outwork_engine::{
    keys::Keyring,
    limits::{Charge, Charged, Limit, Said, Scope, Word},
    policy::Policy,
    rules::Scratch,
    time::Time,
};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::{Path, PathBuf},
};

const START: Time = Time::from_seconds(1_795_305_600);
const KEYS: &str = "test:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Suite {
    outcomes: BTreeMap<String, Expected>,
    cases: Vec<Case>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
struct Expected {
    verdict: String,
    status: u16,
    retry: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    path: String,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    #[serde(default)]
    wait: u64,
    #[serde(default)]
    ask: Vec<String>,
    #[serde(default, rename = "as")]
    client: String,
    #[serde(default = "get")]
    method: String,
    path: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    reasons: Vec<String>,
    #[serde(default)]
    held: u32,
}

fn get() -> String {
    "GET".into()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/limits")
}

fn suite() -> Suite {
    serde_json::from_slice(&fs::read(folder().join("cases.json")).unwrap()).unwrap()
}

/// The suite's policy, its limits of this scope.
fn policy(scope: &str) -> Policy {
    let read = |name: &str| fs::read_to_string(folder().join("policy").join(name)).unwrap();
    let scoped = read("outwork.toml").replace("scope = \"local\"", &format!("scope = \"{scope}\""));
    let files = BTreeMap::from([
        ("outwork.toml".to_owned(), scoped.into_bytes()),
        ("pack.toml".to_owned(), read("pack.toml").into_bytes()),
    ]);
    let compiled = compile_files(&files, "outwork.toml").map_err(|report| report.render(false)).unwrap();
    Policy::load(&compiled.bundle).unwrap()
}

trait Store {
    fn charge(&mut self, limit: &Limit, charge: &Charge, now: Time) -> Charged;
}

#[derive(Default)]
struct Memory(HashMap<u128, Word>);

impl Store for Memory {
    fn charge(&mut self, _: &Limit, charge: &Charge, now: Time) -> Charged {
        let word = self.0.entry(charge.key).or_default();
        let (charged, next) = charge.step(*word, now);
        *word = next;
        charged
    }
}

/// A window begins with its first hit, and is as long as an empty bucket takes to fill; what does not fit is not counted.
#[derive(Default)]
struct Windows {
    words: HashMap<u128, Word>,
    counts: HashMap<u128, (Time, u32)>,
}

impl Store for Windows {
    fn charge(&mut self, limit: &Limit, charge: &Charge, now: Time) -> Charged {
        assert_eq!(charge.scope, Scope::Global);
        let word = self.words.entry(charge.key).or_default();
        let (charged, next) = charge.standing(*word, now).unwrap_or_else(|| {
            let count = self.counts.entry(charge.key).or_insert((now, 0));
            if now.0 - count.0.0 >= limit.interval[0] * u64::from(limit.burst) {
                *count = (now, 0);
            }
            let admitted = count.1 + charge.cost <= limit.burst;
            count.1 += if admitted { charge.cost } else { 0 };
            charge.follow(*word, Said { admitted, remaining: None, reset: None }, now)
        });
        *word = next;
        charged
    }
}

struct Player<S> {
    policy: Policy,
    keys: Keyring,
    outcomes: BTreeMap<String, Expected>,
    store: S,
    wrong: Vec<String>,
}

impl<S: Store> Player<S> {
    /// Plays a case, whose number and client make the address.
    fn play(&mut self, number: usize, case: &Case) {
        let mut now = START;
        let mut clients = vec![""];
        for (place, step) in case.steps.iter().enumerate() {
            now = Time(now.0 + step.wait * 1_000);
            if !clients.contains(&step.client.as_str()) {
                clients.push(&step.client);
            }
            let client = clients.iter().position(|known| *known == step.client).unwrap();
            for (turn, outcome) in step.ask.iter().enumerate() {
                now = Time(now.0 + 20_000);
                let request = Request {
                    method: step.method.clone(),
                    target: format!("{}{}", step.path.as_ref().unwrap_or(&case.path), 100 * place + turn),
                    headers: step.headers.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect(),
                    address: outwork_engine::fact::Fact::Known(format!("192.0.{number}.{client}").parse().unwrap()),
                    ..Request::default()
                };
                let (got, reasons, delay) = self.ask(&request, now);
                now = Time(now.0 + u64::from(delay) * 1_000);
                let because = outcome == "allow" || reasons == step.reasons;
                let held = if outcome == "allow" { 0 } else { step.held };
                if got != self.outcomes[outcome] || !because || delay != held {
                    let got = format!("{got:?} because of {reasons:?}, held {delay} ms");
                    self.wrong.push(format!("{}: {outcome} expected, got {got}", case.name));
                }
            }
        }
    }

    fn ask(&mut self, request: &Request, now: Time) -> (Expected, Vec<String>, u32) {
        let Self { policy, keys, store, .. } = self;
        request.with_facts(now, [7; 16], |facts| {
            let assessment = policy.assess(facts, keys, &mut Scratch::default());
            let limit = |charge: &Charge| &policy.limits()[usize::from(charge.limit)];
            let charged: Vec<_> =
                assessment.charges().iter().map(|charge| store.charge(limit(charge), charge, now)).collect();
            let decision = assessment.decide(&charged);
            let headers = decision.reply.as_ref().map(|reply| reply.headers.as_slice()).unwrap_or_default();
            let got = Expected {
                verdict: decision.verdict.name().into(),
                status: decision.reply.as_ref().map_or(200, |reply| reply.status),
                retry: headers.iter().any(|(name, _)| *name == "retry-after"),
            };
            (got, decision.reasons.counted().iter().map(|reason| reason.id.to_owned()).collect(), decision.delay)
        })
    }
}

fn play(scope: &str, store: impl Store) {
    let Suite { outcomes, cases } = suite();
    assert!(cases.len() >= 12);
    let keys = Keyring::parse(KEYS).unwrap();
    let mut player = Player { policy: policy(scope), keys, outcomes, store, wrong: Vec::new() };
    for (number, case) in cases.iter().enumerate() {
        player.play(number, case);
    }
    assert!(player.wrong.is_empty(), "{}", player.wrong.join("\n"));
}

#[test]
fn buckets_in_memory_do_what_the_cases_say() {
    play("local", Memory::default());
}

#[test]
fn the_cases_do_not_tell_a_bucket_from_a_window() {
    play("global", Windows::default());
}

#[test]
fn every_limit_of_the_policy_is_in_a_case() {
    let (policy, suite) = (policy("global"), suite());
    let because: Vec<_> = suite.cases.iter().flat_map(|case| &case.steps).flat_map(|step| &step.reasons).collect();
    let untold: Vec<_> = policy.limits().iter().filter(|limit| !because.contains(&&limit.id)).collect();
    assert!(untold.is_empty(), "{untold:?}");
    assert!(policy.limits().iter().all(|limit| limit.scope == Scope::Global));
}
