//! The corpus through the native engine: every case in `tests/corpus`, with the policy in `rules/`.
//!
//! `OUTWORK_BLESS=1` rewrites the expectations. It changes nothing about the classes.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

mod bodies;
mod case;
mod classes;
mod models;
mod records;

use case::{Case, Expectation, Outcome};
use outwork_compiler::corpus::Player;
use outwork_engine::{keys::Keyring, policy::Policy};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    path::Path,
};

/// The engine with the policy in `rules/`.
fn engine() -> Player {
    engine_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules"))
}

/// The engine with the policy of a folder, compiled here.
fn engine_of(folder: &Path) -> Player {
    let compiled = outwork_compiler::compile(folder).unwrap_or_else(|report| panic!("{}", report.render(false)));
    let keys = Keyring::parse("corpus:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=").unwrap();
    Player::new(Policy::load(&compiled.bundle).unwrap(), keys)
}

/// What becomes of a case with all its facts, and with those that each host sees.
struct Played {
    full: Outcome,
    on: BTreeMap<String, Outcome>,
}

fn play(engine: &mut Player, case: &Case) -> Played {
    let full = engine.play(&case.request().unwrap());
    let on =
        case::views().iter().map(|(host, view)| (host.clone(), engine.play(&case::request_seen(case, view)))).collect();
    Played { full, on }
}

#[test]
fn every_case_is_decided_as_expected() {
    as_expected(&mut engine(), case::files());
}

/// Holds every case to its expectations, or writes those.
fn as_expected(engine: &mut Player, files: Vec<case::CaseFile>) {
    let bless = std::env::var_os("OUTWORK_BLESS").is_some();
    let mut report = String::new();
    for mut file in files {
        for case in &mut file.cases {
            let Played { full, mut on } = play(engine, case);
            on.retain(|_, outcome| *outcome != full);
            let on: BTreeMap<_, _> = on.iter().map(|(host, outcome)| (host.clone(), outcome.expectation())).collect();
            let full = full.expectation();
            if bless {
                (case.expect, case.expect_on) = (Some(full), on);
                continue;
            }
            differences(&mut report, &case.id, case.expect.as_ref(), Some(&full));
            for host in case.expect_on.keys().chain(on.keys()).collect::<BTreeSet<_>>() {
                let of = format!("{} on {host}", case.id);
                differences(&mut report, &of, case.expect_on.get(host), on.get(host));
            }
        }
        if bless {
            file.write().unwrap();
        }
    }
    assert!(report.is_empty(), "{report}\nIf this is right: OUTWORK_BLESS=1 cargo test -p outwork-cli --test corpus");
}

/// Writes each field that differs, on two lines, one under the other.
fn differences(report: &mut String, of: &str, expected: Option<&Expectation>, got: Option<&Expectation>) {
    if expected == got {
        return;
    }
    writeln!(report, "\n{of}").unwrap();
    let (expected, got) = (fields(expected), fields(got));
    for name in expected.keys().chain(got.keys()).collect::<BTreeSet<_>>() {
        let (before, now) = (expected.get(name), got.get(name));
        if before != now {
            let show = |value: Option<&Value>| value.map_or("-".into(), Value::to_string);
            writeln!(report, "  {name:24} expected {}\n  {:24}      got {}", show(before), "", show(now)).unwrap();
        }
    }
}

fn fields(outcome: Option<&Expectation>) -> BTreeMap<String, Value> {
    let mut fields: BTreeMap<String, Value> =
        serde_json::from_value(serde_json::to_value(outcome).unwrap()).unwrap_or_default();
    if let Some(Value::Object(origin)) = fields.remove("origin") {
        fields.extend(origin.into_iter().map(|(name, value)| (format!("origin {name}"), value)));
    }
    fields
}

#[test]
fn every_class_is_treated_as_it_deserves_on_every_host() {
    let mut engine = engine();
    let mut report = String::new();
    let views = case::views();
    for case in case::files().iter().flat_map(|file| &file.cases) {
        let Played { full, on } = play(&mut engine, case);
        let everywhere = std::iter::once(("all facts", &full, case.request().unwrap()))
            .chain(on.iter().map(|(host, got)| (host.as_str(), got, case::request_seen(case, &views[host]))));
        for (host, got, request) in everywhere {
            if let Some(rule) = classes::objection(case.class.as_deref().unwrap_or_default(), got, request.ordered) {
                writeln!(report, "{} ({:?}, {host}): {rule}; got {got:?}", case.id, case.class).unwrap();
            }
        }
    }
    assert!(report.is_empty(), "{report}");
}

#[test]
fn a_field_that_pretends_to_be_the_hosts_changes_nothing() {
    let mut engine = engine();
    let files = case::files();
    let by_id: BTreeMap<_, _> = files.iter().flat_map(|file| &file.cases).map(|case| (&case.id, case)).collect();
    let mut compared = 0;
    for case in by_id.values() {
        let Some(twin) = &case.same_as else { continue };
        let [got, twin] = [case, &by_id[twin]].map(|case| play(&mut engine, case).full);
        assert_eq!((&got.verdict, got.risk, &got.reasons), (&twin.verdict, twin.risk, &twin.reasons), "{}", case.id);
        let ours = |outcome: &Outcome| outcome.origin.as_ref().map(|origin| origin["outwork-risk"].clone());
        assert_eq!(ours(&got), ours(&twin), "{}", case.id);
        compared += 1;
    }
    assert!(compared > 10, "only {compared} cases have a twin");
}

#[test]
fn the_corpus_is_large_and_its_ids_are_unique() {
    let files = case::files();
    let ids: BTreeSet<_> = files.iter().flat_map(|file| &file.cases).map(|case| &case.id).collect();
    let count: usize = files.iter().map(|file| file.cases.len()).sum();
    assert_eq!(ids.len(), count);
    assert!(count >= 150, "{count} cases");
}
