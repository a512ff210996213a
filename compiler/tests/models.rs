//! What a policy makes of its models: points, reasons, canaries, records, and what a page cannot gain by them.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails loudly")]

use outwork_compiler::{Compiled, Request, compile_files};
use outwork_engine::{
    bundle::{self, Bundle, Section},
    decision::{Decision, Edit},
    fact::Fact,
    keys::Keyring,
    model::{ModelError, read, write},
    policy::{LoadError, Policy},
    record::{self, Context},
    rules::{Mode, Scratch},
    scoring::{Entry, ScoringError},
    time::Time,
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, path::Path};

const KEYS: &str = "test:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=";

const PACK: &str = r#"
[pack]
id = "test"
version = "1"
why = "a test"

[[rule]]
id = "loud"
when = 'request.path == "/loud"'
score = 99
layer = "device"
why = "more than any model says"

[[rule]]
id = "quiet"
when = 'request.path == "/quiet"'
score = 5
layer = "device"
why = "less than the model says"

[[rule]]
id = "known"
when = 'request.path == "/known"'
score = -40
layer = "device"
why = "something speaks for it"
"#;

fn model(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/catboost").join(name)).unwrap()
}

fn compiled(settings: &str) -> Compiled {
    let mode = if settings.starts_with("mode") { "" } else { "mode = \"enforce\"\n" };
    let entry = format!("[policy]\nversion = \"1\"\npacks = [\"pack.toml\"]\n{mode}{settings}");
    let mut files: BTreeMap<String, Vec<u8>> =
        [("outwork.toml", entry.as_str()), ("pack.toml", PACK)].map(|(name, text)| (name.into(), text.into())).into();
    for name in ["behaviour.model", "device.model"] {
        files.insert(name.into(), model(name));
    }
    files.insert("patient.model".into(), patient());
    compile_files(&files, "outwork.toml").map_err(|report| report.render(false)).unwrap()
}

const DEVICE: &str = "[[model]]\nid = \"device\"\nfile = \"device.model\"\n";
const BEHAVIOUR: &str = "[[model]]\nid = \"behaviour\"\nfile = \"behaviour.model\"\n";

/// The model of devices, for requests with more headers than those of this file have.
fn patient() -> Vec<u8> {
    let mut parts = read(&model("device.model")).unwrap();
    let count = parts.inputs.iter().position(|input| input.signal == "header.count").unwrap();
    parts.needs = vec![(count.try_into().unwrap(), 30)];
    write(&parts).unwrap()
}

/// A request of `curl` with this path, and what else is said.
fn curl(target: &str, more: Value) -> Request {
    let mut request = json!({"target": target, "address": "203.0.113.7", "ja4": null, "ordered": true,
        "headers": [["user-agent", "curl/8.5.0"], ["accept", "*/*"]]});
    for (key, value) in more.as_object().unwrap() {
        request[key] = value.clone();
    }
    serde_json::from_value(request).unwrap()
}

/// A session in which a hand, or a program, moved a pointer.
fn pointer(speed: u16, jerk: u16) -> Value {
    json!({"session": {"features": {"pointer.events": 60, "pointer.speed": speed, "pointer.jerk": jerk}}})
}

fn decide<R>(settings: &str, request: &Request, ask: impl FnOnce(&Decision<'_>, Value) -> R) -> R {
    let (policy, keys) = (Policy::load(&compiled(settings).bundle).unwrap(), Keyring::parse(KEYS).unwrap());
    request.with_facts(Time::from_seconds(1_795_305_600), [9; 16], |facts| {
        let decision = policy.assess(facts, &keys, &mut Scratch::default()).decide(&[]);
        let record = serde_json::from_str(&record::write(&decision, facts, &keys, Context::NATIVE)).unwrap();
        ask(&decision, record)
    })
}

fn reasons(decision: &Decision<'_>) -> Vec<(String, i16)> {
    decision.reasons.counted().iter().map(|reason| (reason.id.to_owned(), reason.score)).collect()
}

#[test]
fn a_model_in_force_gives_its_layer_points_and_says_why() {
    decide(DEVICE, &curl("/", json!({})), |decision, record| {
        let [scored] = decision.scored[..] else { panic!("one model scored") };
        assert!(scored.in_force && scored.counts && scored.score.probability > 8_000, "{scored:?}");
        assert_eq!(decision.risk.device, Some(scored.points()));
        let reasons = reasons(decision);
        assert!(reasons[0].0.starts_with("model.device."), "{reasons:?}");
        let shared: i16 = reasons.iter().map(|(_, points)| points).sum();
        assert_eq!(shared, i16::from(scored.points()), "{reasons:?}");
        let said = &record["unmapped"]["outwork"]["models"];
        assert_eq!((&said[0]["id"], &said[0]["slot"]), (&json!("fixture-device"), &json!("device")));
        assert_eq!(said[0]["in_force"], json!(true));
        assert_eq!(said[0]["probability"], json!(f64::from(scored.score.probability) / 10_000.0));
        let first = &said[0]["reasons"][0];
        assert_eq!(format!("model.device.{}", first["id"].as_str().unwrap()), reasons[0].0);
        assert!(first["logits"].as_f64().unwrap() > 0.0);
        let evidence = decision.edits.iter().find_map(|edit| match edit {
            Edit::Append("outwork-risk", value) => Some(String::from_utf8(value.clone()).unwrap()),
            _ => None,
        });
        assert!(evidence.unwrap().contains(&format!("reasons=(\"{}\"", reasons[0].0)));
    });
}

#[test]
fn the_points_of_a_model_are_its_probability_of_what_it_is_worth() {
    let (whole, half) = (DEVICE.to_owned(), format!("{DEVICE}points = 50\n"));
    let [whole, half] = [whole, half]
        .map(|settings| decide(&settings, &curl("/", json!({})), |decision, _| decision.risk.device.unwrap()));
    assert!(whole.abs_diff(2 * half) <= 1, "{whole} and {half}");
}

#[test]
fn rules_and_a_model_say_one_thing_and_the_louder_counts() {
    let alone = decide(DEVICE, &curl("/", json!({})), |decision, _| decision.risk.device.unwrap());
    decide(DEVICE, &curl("/quiet", json!({})), |decision, _| {
        assert_eq!(decision.risk.device, Some(alone));
        assert!(decision.scored[0].counts);
        assert!(reasons(decision).contains(&("quiet".into(), 5)));
    });
    decide(DEVICE, &curl("/loud", json!({})), |decision, _| {
        assert_eq!(decision.risk.device, Some(99));
        assert!(decision.scored[0].in_force && !decision.scored[0].counts);
        assert_eq!(reasons(decision), [("loud".to_owned(), 99)]);
    });
    decide(DEVICE, &curl("/known", json!({})), |decision, _| assert_eq!(decision.risk.device, Some(alone - 40)));
}

#[test]
fn a_model_in_shadow_is_recorded_and_changes_nothing() {
    let without = decide("", &curl("/quiet", json!({})), |decision, record| {
        assert!(decision.scored.is_empty() && record["unmapped"]["outwork"].get("models").is_none());
        (decision.risk, reasons(decision))
    });
    let shadow = format!("{DEVICE}mode = \"shadow\"\n");
    decide(&shadow, &curl("/quiet", json!({})), |decision, record| {
        assert_eq!((decision.risk, reasons(decision)), without);
        let said = &record["unmapped"]["outwork"]["models"][0];
        assert_eq!(said["in_force"], json!(false));
        assert!(said["probability"].as_f64().unwrap() > 0.8 && said["reasons"][0]["id"].is_string());
    });
    let off = format!("{DEVICE}mode = \"off\"\n");
    decide(&off, &curl("/quiet", json!({})), |decision, _| assert!(decision.scored.is_empty()));
}

#[test]
fn a_canary_counts_for_its_share_of_clients_and_the_other_model_for_the_rest() {
    let settings =
        format!("{DEVICE}{}mode = {{ canary = 30 }}\npoints = 60\n", DEVICE.replace("\"device\"", "\"next\""));
    let mut canaries = 0;
    for n in 0..200_u8 {
        let request = Request { address: Fact::Known([203, 0, 113, n].into()), ..curl("/", json!({})) };
        let slots = decide(&settings, &request, |decision, _| {
            let names: Vec<String> =
                decision.scored.iter().filter(|scored| scored.in_force).map(|scored| scored.slot.id().into()).collect();
            assert_eq!((decision.scored.len(), names.len()), (2, 1));
            let worth = if names[0] == "next" { 60 } else { 100 };
            let in_force = decision.scored.iter().find(|scored| scored.in_force).unwrap();
            assert!(decision.risk.device == Some(in_force.points()) && in_force.slot.points() == worth);
            assert!(reasons(decision)[0].0.starts_with(&format!("model.{}.", names[0])));
            names
        });
        canaries += usize::from(slots == ["next"]);
    }
    assert!((40..80).contains(&canaries), "{canaries} of 200 clients are canaries");
}

#[test]
fn a_model_that_says_nothing_leaves_its_layer_to_the_next() {
    let slot = |id: &str, mode: &str| format!("[[model]]\nid = \"{id}\"\nfile = \"patient.model\"\nmode = {mode}\n");
    let alone = decide(DEVICE, &curl("/", json!({})), |decision, _| decision.risk);
    for settings in
        [format!("{DEVICE}{}", slot("next", "{ canary = 100 }")), format!("{}{DEVICE}", slot("first", "\"enforce\""))]
    {
        decide(&settings, &curl("/", json!({})), |decision, _| {
            let [scored] = decision.scored[..] else { panic!("one model scored") };
            assert!(scored.slot.id() == "device" && scored.in_force && scored.counts);
            assert_eq!(decision.risk, alone);
        });
    }
}

#[test]
fn a_model_that_has_not_observed_enough_says_nothing() {
    for session in [Value::Null, json!({"features": {"pointer.events": 11, "pointer.speed": 300}})] {
        decide(BEHAVIOUR, &curl("/", json!({ "session": session })), |decision, record| {
            assert!(decision.scored.is_empty() && record["unmapped"]["outwork"].get("models").is_none());
        });
    }
    decide(BEHAVIOUR, &curl("/", pointer(300, 500)), |decision, _| assert_eq!(decision.scored.len(), 1));
}

#[test]
fn no_behaviour_gains_a_client_anything() {
    let settings = format!("{DEVICE}{BEHAVIOUR}");
    let unobserved = decide(&settings, &curl("/quiet", json!({})), |decision, _| decision.risk.total);
    let mut behaviours = Vec::new();
    for speed in [1, 20, 60, 120, 240, 480, 900] {
        for jerk in [1, 4_000, 16_000, 32_000, 64_000] {
            let risk = decide(&settings, &curl("/quiet", pointer(speed, jerk)), |decision, _| {
                behaviours.push(decision.risk.behaviour.unwrap());
                decision.risk.total
            });
            assert!(risk >= unobserved, "speed {speed}, jerk {jerk}: {risk} is less than {unobserved}");
        }
    }
    assert!(behaviours.iter().min() < Some(&60) && behaviours.iter().max() > Some(&80), "{behaviours:?}");
}

#[test]
fn features_are_recorded_where_the_policy_says_so() {
    let settings = format!("features = true\n{DEVICE}mode = \"off\"\n{BEHAVIOUR}");
    decide(&settings, &curl("/", pointer(300, 500)), |_, record| {
        let expected = json!({"header.bytes": 29, "header.count": 2, "pointer.events": 60, "pointer.jerk": 500,
            "pointer.speed": 300, "ua.length": 10});
        assert_eq!(record["unmapped"]["outwork"]["features"], expected);
        assert_eq!(record["unmapped"]["outwork"]["session"].as_str().map(str::len), Some(16));
    });
    decide(&settings, &curl("/", json!({})), |_, record| {
        assert!(record["unmapped"]["outwork"].get("session").is_none());
    });
    decide(DEVICE, &curl("/", pointer(300, 500)), |_, record| {
        let outwork = &record["unmapped"]["outwork"];
        assert!(outwork.get("features").is_none() && outwork.get("session").is_none());
    });
}

#[test]
fn contributions_are_worked_out_only_where_a_decision_shows_them() {
    // Of low risk: the model is worth 10 points.
    let quiet = format!("record = \"none\"\n{DEVICE}points = 10\n");
    decide(&format!("mode = \"shadow\"\n{quiet}"), &curl("/", json!({})), |decision, _| {
        assert!(decision.scored[0].why.is_none() && reasons(decision).is_empty());
    });
    decide(&format!("{quiet}mode = \"shadow\"\n"), &curl("/", json!({})), |decision, _| {
        assert!(decision.scored[0].why.is_none() && reasons(decision).is_empty());
    });
    // What goes to the origin has points, and so reasons.
    decide(&quiet, &curl("/", json!({})), |decision, _| {
        let told: i16 = reasons(decision).iter().map(|(_, points)| points).sum();
        assert!(decision.scored[0].why.is_some() && told == i16::from(decision.risk.device.unwrap()) && told > 0);
    });
    let loud = format!("record = \"none\"\n{DEVICE}");
    decide(&loud, &curl("/", json!({})), |decision, _| assert!(decision.scored[0].why.is_some()));
    let recorded = format!("record = \"all\"\n{DEVICE}points = 10\n");
    decide(&recorded, &curl("/", json!({})), |decision, _| assert!(decision.scored[0].why.is_some()));
}

#[test]
fn the_same_files_make_the_same_bundle_and_another_model_another_name() {
    let (one, two) = (compiled(DEVICE), compiled(DEVICE));
    assert_eq!(one.bundle, two.bundle);
    assert_ne!(one.name, compiled(BEHAVIOUR).name);
}

/// The model of devices, with a visitor's text in place of the browser's name.
fn nosy() -> Vec<u8> {
    let mut parts = read(&model("device.model")).unwrap();
    let family = parts.inputs.iter_mut().find(|input| input.signal == "ua.family").unwrap();
    family.signal = "request.query".into();
    write(&parts).unwrap()
}

#[test]
fn a_model_that_would_record_text_of_visitors_is_refused() {
    let entry = DEVICE.replace("[[model]]", "[policy]\nversion = \"1\"\n[[model]]");
    let files = [("outwork.toml", entry.into_bytes()), ("device.model", nosy())];
    let files: BTreeMap<String, Vec<u8>> = files.map(|(name, bytes)| (name.into(), bytes)).into();
    let report = compile_files(&files, "outwork.toml").err().unwrap().render(false);
    assert!(report.contains("OW0075") && report.contains("`request.query`, which cannot be an input"), "{report}");
}

/// The bundle with these models instead of its own.
fn with_models(entries: &[Entry<'_>]) -> Result<Policy, LoadError> {
    let compiled = compiled("");
    let bundle = Bundle::open(&compiled.bundle).unwrap();
    let models = postcard::to_allocvec(entries).unwrap();
    let sections = Section::OF_HOSTS.map(|section| match section {
        Section::Models => (section, models.as_slice()),
        section => (section, bundle.section(section).unwrap()),
    });
    Policy::load(&bundle::write("1", &sections).unwrap())
}

#[test]
fn a_bundle_whose_models_do_not_fit_is_refused() {
    let (file, reported) = (model("device.model"), model("reported.model"));
    let good = Entry { id: "device", mode: Mode::Enforce, points: 100, file: &file };
    assert!(with_models(&[good]).is_ok());
    let refused = |entries: &[Entry<'_>]| with_models(entries).unwrap_err();
    assert!(matches!(refused(&[good, good]), LoadError::Models(ScoringError::Twice { .. })));
    assert!(matches!(refused(&[Entry { points: 101, ..good }]), LoadError::Models(ScoringError::Points { .. })));
    assert!(matches!(refused(&[Entry { file: &reported, ..good }]), LoadError::Models(ScoringError::Reported { .. })));
    assert!(matches!(refused(&[Entry { id: "a\"b", ..good }]), LoadError::Inconsistent { what: "names of models" }));
    let nine: Vec<String> = (0..9).map(|n| format!("m{n}")).collect();
    let nine: Vec<Entry<'_>> = nine.iter().map(|id| Entry { id, ..good }).collect();
    assert!(matches!(refused(&nine), LoadError::Models(ScoringError::TooMany { models: 9 })));
    let unfit = refused(&[Entry { file: &nosy(), ..good }]);
    assert!(
        matches!(&unfit, LoadError::Models(ScoringError::Model { error: ModelError::Unfit { .. }, .. })),
        "{unfit}"
    );
    let mut flipped = file.clone();
    flipped[100] ^= 1;
    assert!(matches!(refused(&[Entry { file: &flipped, ..good }]), LoadError::Models(ScoringError::Model { .. })));
}
