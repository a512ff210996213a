//! The vectors that all verifiers share, and ten thousand changes.

use crate::common::{bytes, decoded, vectors};
use outwork_origin::{Arrived, Keys, Refusal, Risk, Scheme, Verifier};
use serde_json::{Value, json};
use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::PathBuf,
};

pub(crate) fn verifier(keys: &str, settings: &Value) -> Verifier {
    let mut verifier = Verifier::new(Keys::parse(keys).unwrap());
    if let Some(skew) = settings["skew"].as_u64() {
        verifier = verifier.skew(skew).unwrap();
    }
    if let Some(max_age) = settings["max_age"].as_u64() {
        verifier = verifier.max_age(max_age).unwrap();
    }
    match settings["authority"].as_str() {
        Some(authority) => verifier.authority(authority).unwrap(),
        None => verifier,
    }
}

pub(crate) fn verify(verifier: &Verifier, case: &Value) -> Result<Risk, Refusal> {
    let request = &case["request"];
    let fields: Vec<(String, Vec<u8>)> = request["headers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line[0].as_str().unwrap().into(), bytes(&line[1])))
        .collect();
    let (authority, target) = (bytes(&request["authority"]), bytes(&request["target"]));
    let arrived = Arrived {
        method: request["method"].as_str().unwrap(),
        authority: &authority,
        target: &target,
        scheme: if request["scheme"] == "http" { Scheme::Http } else { Scheme::Https },
    };
    let head = verifier.head(&arrived, &fields[..], case["now"].as_u64().unwrap())?;
    head.with_body(&decoded(&request["body"]))
}

fn told(risk: &Risk) -> Value {
    json!({
        "risk": risk.risk, "band": risk.band, "verdict": risk.verdict, "device": risk.device, "behaviour": risk.behaviour,
        "context": risk.context, "window": risk.window, "confidence": risk.confidence,
        "reasons": risk.reasons, "agent": risk.agent, "bundle": risk.bundle, "id": risk.id, "transaction": risk.transaction, "body": risk.body.name(), "demand": risk.demand.name(), "enforced": risk.enforced,
    })
}

#[test]
fn every_vector_is_verified_with_its_risk_or_refused_for_its_reason() {
    let vectors = vectors("evidence.json");
    let cases = vectors["cases"].as_array().unwrap();
    assert!(cases.len() > 150);
    for case in cases {
        let found = match verify(&verifier(vectors["keys"].as_str().unwrap(), &case["settings"]), case) {
            Ok(risk) => ("verified", told(&risk)),
            Err(refusal) => ("refused", refusal.reason.name().into()),
        };
        assert_eq!(case[found.0], found.1, "{}", case["name"]);
    }
}

#[test]
fn of_a_transaction_body_and_demand_are_demanded_one_by_one() {
    let vectors = vectors("evidence.json");
    let verified =
        vectors["cases"].as_array().unwrap().iter().filter(|case| case["verified"]["transaction"].is_string());
    let mut seen = [[0; 2]; 2];
    for case in verified {
        let risk = verify(&verifier(vectors["keys"].as_str().unwrap(), &case["settings"]), case).unwrap();
        let id = risk.transaction.as_deref().unwrap();
        let (bound, met) = (case["verified"]["body"] == "bound", case["verified"]["demand"] != "unmet");
        let taken = [
            Risk::require_transaction,
            Risk::require_transaction_unbound,
            Risk::require_transaction_unmet,
            Risk::require_transaction_id,
        ];
        let found = taken.map(|require| require(&risk, id).is_ok());
        assert_eq!(found, [bound && met, met, bound, true], "{}", case["name"]);
        assert!(taken.iter().all(|require| require(&risk, "another").is_err()));
        seen[usize::from(bound)][usize::from(met)] += 1;
    }
    assert!(seen.as_flattened().iter().all(|&cases| cases > 0), "{seen:?}");
}

#[test]
fn every_honest_request_passes_and_no_changed_one() {
    // Where `cargo test -p outwork-compiler --test evidence` leaves it.
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/tmp/tampering.jsonl");
    let path = std::env::var_os("OUTWORK_TAMPERING").map_or(beside, PathBuf::from);
    let Ok(file) = File::open(&path) else {
        println!(
            "DID NOT RUN: `{}` is not there; cargo test -p outwork-compiler --test evidence makes it",
            path.display()
        );
        return;
    };
    let mut lines = BufReader::new(file).lines().map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
    let verifier = verifier(lines.next().unwrap()["keys"].as_str().unwrap(), &Value::Null);
    let mut counted = [0; 2];
    for case in lines {
        let honest = case["honest"].as_bool().unwrap();
        let found = verify(&verifier, &case);
        assert_eq!(found.is_ok(), honest, "{found:?} {case}");
        counted[usize::from(honest)] += 1;
    }
    assert_eq!(counted, [10_000, 10_000]);
}
