//! What origins must make of evidence: made here by the engine, and by a signer of its own where the engine would never
//! write such a thing. The verifiers of `origin/` are all held to it.
//!
//! `OUTWORK_BLESS=1 cargo test -p outwork-compiler --test evidence` writes `origin/vectors/` anew.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails loudly")]

mod bad;
mod dice;
mod good;
mod message;
mod mutations;
mod policy;
mod signer;

use message::{Case, Vectors};
use std::{collections::BTreeSet, fmt::Write, fs, path::PathBuf};

fn vectors_file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../origin/vectors/evidence.json")
}

#[test]
fn the_shared_vectors_are_what_the_engine_signs() {
    let cases: Vec<Case> = good::cases().into_iter().chain(bad::cases()).collect();
    let names: BTreeSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names.len(), cases.len(), "each case has a name of its own");
    let vectors = Vectors { about: message::ABOUT, keys: signer::evidence_keys(), cases };
    let text = serde_json::to_string_pretty(&vectors).unwrap() + "\n";
    if std::env::var_os("OUTWORK_BLESS").is_some() {
        fs::write(vectors_file(), &text).unwrap();
    }
    let known = fs::read_to_string(vectors_file()).unwrap_or_default();
    assert!(known == text, "origin/vectors/evidence.json is stale: {}", remedy());
}

fn remedy() -> &'static str {
    "if the change is right, `OUTWORK_BLESS=1 cargo test -p outwork-compiler --test evidence` writes it anew, and the verifiers of origin/ have to pass it"
}

/// 22 MB that nobody commits: the verifiers' own tests read it where it was written last.
#[test]
fn ten_thousand_honest_requests_and_as_many_that_somebody_changed() {
    let mut text = format!("{{\"keys\":\"{}\"}}\n", signer::evidence_keys());
    let mut hows = BTreeSet::new();
    for tried in mutations::both(10_000) {
        hows.insert(tried.how);
        writeln!(text, "{}", serde_json::to_string(&tried).unwrap()).unwrap();
    }
    assert!(hows.len() >= 20, "{hows:?}");
    fs::write(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("tampering.jsonl"), text).unwrap();
}
