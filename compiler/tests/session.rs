//! What a session does to what a policy decides: points, confidence, bands, limits, evidence and records.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use outwork_compiler::{Request, compile_files};
use outwork_engine::{
    decision::{Decision, Edit},
    facts::{Facts, Session},
    keys::Keyring,
    policy::Policy,
    record::{self, Context},
    risk::Band,
    rules::Scratch,
    time::Time,
    window::{Held, Window},
};
use std::collections::BTreeMap;

const KEYS: &str = "test:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=";
const NOW: Time = Time::from_seconds(1_760_000_000);

const POLICY: &str = r#"
[policy]
version = "1"
mode = "enforce"
packs = ["pack.toml"]

[policy.behaviour]
half_life = "2m"

[bands]
hysteresis = 10
hold = "1m"

[[limit]]
id = "by-session"
when = 'true'
key = ["session"]
burst = 5
refill = "1/s"
"#;

const PACK: &str = r#"
[pack]
id = "behaviour"
version = "1"
why = "to try sessions"

[[rule]]
id = "pointer.ruler"
when = 'pointer.straightness > 980'
score = 100
layer = "behaviour"
why = "no hand draws straight lines"

[[rule.test]]
request = { session = { features = { "pointer.straightness" = 990 } } }
fires = true

[[rule.test]]
request = { session = { features = { pointer.straightness = 700 } } }
fires = false

[[rule.test]]
request = { path = "/no-session" }
fires = false
why = "no observation is no guilt"

[[rule]]
id = "beacon.driver"
when = 'beacon.webdriver && session.window in ["inside", "expiring"] && session.clearance != "work"'
score = 40
layer = "behaviour"
why = "the browser says that a program drives it"

[[rule.test]]
request = { session = { features = { "beacon.webdriver" = true } } }
fires = true

[[rule.test]]
request = { session = { clearance = "work", features = { "beacon.webdriver" = true } } }
fires = false

[[rule.test]]
request = { session = { idle = 86400, features = { "beacon.webdriver" = true } } }
fires = false
"#;

fn policy() -> Policy {
    let file = |text: &str| text.as_bytes().to_vec();
    let files = BTreeMap::from([("outwork.toml".to_owned(), file(POLICY)), ("pack.toml".to_owned(), file(PACK))]);
    let compiled = compile_files(&files, "outwork.toml").map_err(|report| report.render(false)).unwrap();
    assert!(compiled.tests.iter().all(|test| test.passed) && compiled.tests.len() == 6);
    Policy::load(&compiled.bundle).unwrap()
}

/// What is decided of a request with this session, as JSON; asked with the decision and its record.
fn decide<R>(session: &str, ask: impl Fn(&Decision<'_>, &str) -> R) -> R {
    let request: Request = serde_json::from_str(&format!("{{\"session\": {session}}}")).unwrap();
    request.with_facts(NOW, [7; 16], |facts| decide_facts(facts, &ask))
}

fn decide_facts<R>(facts: &Facts<'_>, ask: impl Fn(&Decision<'_>, &str) -> R) -> R {
    let (policy, keys) = (policy(), Keyring::parse(KEYS).unwrap());
    let assessment = policy.assess(facts, &keys, &mut Scratch::default());
    let charged: Vec<_> =
        assessment.charges().iter().map(|charge| charge.step(Default::default(), facts.now).0).collect();
    let decision = assessment.decide(&charged);
    let record = record::write(&decision, facts, &keys, Context::NATIVE);
    ask(&decision, &record)
}

fn evidence(decision: &Decision<'_>) -> String {
    let risk = decision.edits.iter().find_map(|edit| match edit {
        Edit::Append("outwork-risk", value) => Some(String::from_utf8_lossy(value).into_owned()),
        Edit::Append(..) | Edit::Remove(_) => None,
    });
    risk.unwrap_or_default()
}

const RULER: &str = r#"{"idle": IDLE, "features": {"pointer.straightness": 990}}"#;

#[test]
fn behaviour_counts_by_what_the_window_is_still_worth() {
    // Device has 0.4 · 0.6 of the weight and no points; behaviour 0.4 · c and 100.
    let risks = [0, 120, 240, 1_200].map(|idle: u32| {
        decide(&RULER.replace("IDLE", &idle.to_string()), |decision, _| (decision.risk.total, decision.risk.behaviour))
    });
    assert_eq!(risks, [(63, Some(100)), (45, Some(100)), (29, Some(100)), (0, None)]);
}

#[test]
fn no_session_is_no_observation_and_no_guilt() {
    decide("null", |decision, record| {
        assert_eq!((decision.risk.total, decision.risk.behaviour), (0, None));
        let evidence = evidence(decision);
        assert!(
            evidence.contains(", window=none, confidence=0.24, ") && !evidence.contains("behaviour="),
            "{evidence}"
        );
        let record: serde_json::Value = serde_json::from_str(record).unwrap();
        let told = &record["unmapped"]["outwork"];
        assert_eq!((told["window"].as_str(), told.get("behaviour")), (Some("none"), None), "{record}");
    });
}

#[test]
fn the_origin_and_the_record_are_told() {
    decide(&RULER.replace("IDLE", "60"), |decision, record| {
        let evidence = evidence(decision);
        assert!(
            evidence.starts_with("risk=54, band=medium, verdict=tag, device=0, behaviour=100, window=inside, "),
            "{evidence}"
        );
        assert!(evidence.contains("reasons=(\"pointer.ruler\")"), "{evidence}");
        assert!(record.contains("\"behaviour\":100,\"window\":\"inside\",\"confidence\":0.522,"), "{record}");
    });
    decide(&RULER.replace("IDLE", "180"), |decision, _| assert!(evidence(decision).contains("window=expiring")));
}

#[test]
fn a_session_has_its_own_bucket_and_who_has_none_is_not_counted() {
    let charges = |session: &str| {
        let request: Request = serde_json::from_str(&format!("{{\"session\": {session}}}")).unwrap();
        request.with_facts(NOW, [7; 16], |facts| {
            let (policy, keys) = (policy(), Keyring::parse(KEYS).unwrap());
            let assessment = policy.assess(facts, &keys, &mut Scratch::default());
            (assessment.charges().iter().map(|charge| charge.key).collect::<Vec<_>>(), assessment.keyless().to_vec())
        })
    };
    assert_eq!(charges("null"), (vec![], vec![0]));
    assert_eq!(charges("{}").0.len(), 1);
    assert_eq!(charges("{}"), charges(r#"{"idle": 5}"#));
}

#[test]
fn a_band_is_left_below_its_lower_threshold_and_late() {
    let held = |risk_points: u16, since_seconds: u64| {
        let request = Request::default();
        request.with_facts(NOW, [7; 16], |facts| {
            let mut window = Window { sure: 1_000, observed: Some(facts.now), ..Window::new([1; 16], facts.now) };
            window.features.set(outwork_engine::beacon::Feature::PointerStraightness, risk_points);
            let since = Time(facts.now.0 - since_seconds * 1_000_000);
            window.held = Held { band: 2, since };
            let facts = Facts { session: Session::Window(&window, None), ..*facts };
            decide_facts(&facts, |decision, _| (decision.risk.total, decision.band))
        })
    };
    // 63 is within 10 of 70: the session stays high. 0 is not, and it is left a band a minute.
    assert_eq!(held(990, 3_600), (63, Band::High));
    assert_eq!(held(700, 59), (0, Band::High));
    assert_eq!(held(700, 60), (0, Band::Medium));
    assert_eq!(held(700, 120), (0, Band::Low));
}
