//! The record of every case, for `tests/siem`, which holds them to the published schemas.

use super::case;
use outwork_compiler::corpus::Player;
use outwork_engine::{
    keys::Keyring,
    policy::Policy,
    record::{self, Addresses, Context, Format},
    rules::Scratch,
};
use serde_json::{Map, Value};
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
                for addresses in [Addresses::Pseudonym, Addresses::Plain] {
                    let [ocsf, ecs] = [Format::Ocsf, Format::Ecs].map(|format| {
                        let mut context = Context::NATIVE;
                        (context.records.format, context.records.addresses) = (format, addresses);
                        record::write(&decision, facts, &keys, context)
                    });
                    same(&case.id, &ocsf, &ecs);
                    lines.extend([ocsf, ecs]);
                }
            });
        }
    }
    if let Some(path) = env::var_os("OUTWORK_RECORDS") {
        fs::write(path, lines.join("\n") + "\n").unwrap();
    }
}

/// Of one line each, and with the same members of ours; ECS has some besides that OCSF has words for.
fn same(case: &str, ocsf: &str, ecs: &str) {
    assert!(!ocsf.contains('\n') && !ecs.contains('\n'), "{case}");
    let own = |line: &str, place: &str| -> Map<String, Value> {
        let record: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{case}: {error}: {line}"));
        record.pointer(place).and_then(Value::as_object).cloned().unwrap_or_else(|| panic!("{case}: {line}"))
    };
    let (ocsf, mut ecs) = (own(ocsf, "/unmapped/outwork"), own(ecs, "/outwork"));
    ecs.retain(|name, _| !["bundle", "client_id", "ja4"].contains(&name.as_str()));
    assert_eq!(ecs, ocsf, "{case}");
    assert!(ocsf.get("verdict").is_some_and(Value::is_string), "{case}");
}
