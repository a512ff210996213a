//! The record of every case, for `tests/siem`, which holds them to the published schemas.

use super::case;
use outwork_compiler::corpus::Player;
use outwork_engine::{
    keys::Keyring,
    policy::Policy,
    record::{self, Context},
    rules::Scratch,
};
use serde_json::Value;
use std::{env, fs, path::Path};

/// Policies whose records differ in kind: the one in `rules/`, and one with models in it.
fn policies() -> Vec<Policy> {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules");
    let folders = [rules, case::folder().join("models")];
    let compiled = folders
        .map(|folder| outwork_compiler::compile(&folder).unwrap_or_else(|report| panic!("{}", report.render(false))));
    compiled.iter().map(|compiled| Policy::load(&compiled.bundle).unwrap()).collect()
}

#[test]
fn every_case_leaves_a_record_of_one_line() {
    let keys = Keyring::parse("corpus:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=").unwrap();
    let mut lines = Vec::new();
    for policy in policies() {
        let mut scratch = Scratch::default();
        for case in case::files().into_iter().flat_map(|file| file.cases) {
            case.request().unwrap().with_facts(Player::NOW, [7; 16], |facts| {
                let decision = policy.assess(facts, &keys, &mut scratch).decide(&[]);
                let line = record::write(&decision, facts, &keys, Context::NATIVE);
                let json: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
                assert_eq!(json["unmapped"]["outwork"]["verdict"], decision.verdict.name(), "{}", case.id);
                assert!(!line.contains('\n'), "{line}");
                lines.push(line);
            });
        }
    }
    if let Some(path) = env::var_os("OUTWORK_RECORDS") {
        fs::write(path, lines.join("\n") + "\n").unwrap();
    }
}
