//! The record of every case, for `tests/siem`, which holds them to the published schemas.

use super::{bodies, case};
use outwork_compiler::{
    Request,
    corpus::{CaseFile, Player},
};
use outwork_engine::{
    keys::Keyring,
    policy::Policy,
    record::{
        self, Addresses, Context, Format, Host, Stage, Undecided,
        chain::{Chain, Opens, Sealer, Why},
    },
    rules::Scratch,
    time::Time,
};
use serde_json::{Map, Value};
use std::{env, fs, path::Path};

/// Policies whose records differ in kind, with their cases: the one in `rules/`, one with models in it, and one with transactions.
fn policies() -> Vec<(Policy, Vec<CaseFile>)> {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules");
    let models = case::folder().join("models");
    let policies = [(rules, case::files()), (models, case::files()), (bodies::folder(), bodies::files())];
    let loaded = policies.map(|(folder, files)| {
        let compiled = outwork_compiler::compile(&folder);
        let bundle = compiled.unwrap_or_else(|report| panic!("{}", report.render(false))).bundle;
        (Policy::load(&bundle).unwrap(), files)
    });
    loaded.into()
}

/// Who was observed, which no case is: a token cannot be written down.
fn observed() -> Request {
    let visit = serde_json::json!({"age": 60, "features": {"pointer.events": 40, "pointer.speed": 300}});
    serde_json::from_value(serde_json::json!({"address": "203.0.113.9", "session": visit})).unwrap()
}

/// What hosts tell beside the decision, and how addresses stand there.
fn contexts() -> [Context<'static>; 3] {
    let with = |addresses| {
        let mut context = Context::NATIVE;
        context.records.addresses = addresses;
        context
    };
    let plain = Context { elapsed: Some(184), sampled: Some(100), node: Some("edge-1"), ..with(Addresses::Plain) };
    [with(Addresses::Pseudonym), plain, with(Addresses::Truncated)]
}

#[test]
fn every_case_leaves_a_record_of_one_line() {
    let keys = Keyring::parse("corpus:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=").unwrap();
    let mut lines = Vec::new();
    for (policy, files) in policies() {
        let mut scratch = Scratch::default();
        let cases = files.into_iter().flat_map(|file| file.cases).map(|case| (case.request().unwrap(), case.id));
        for (request, id) in cases.chain([(observed(), "who was observed".to_owned())]) {
            request.with_facts(Player::NOW, [7; 16], |facts| {
                let decision = policy.assess(facts, &keys, &mut scratch).decide(&[]);
                let [ocsf, ecs] = [Format::Ocsf, Format::Ecs].map(|format| {
                    contexts().map(|mut context| {
                        context.records.format = format;
                        record::write(&decision, facts, &keys, context)
                    })
                });
                ocsf.iter().zip(&ecs).for_each(|(ocsf, ecs)| same(&id, ocsf, ecs));
                lines.extend(ocsf.into_iter().chain(ecs));
            });
        }
    }
    lines.extend(held(&keys));
    if let Some(path) = env::var_os("OUTWORK_RECORDS") {
        fs::write(path, lines.join("\n") + "\n").unwrap();
    }
}

/// The records of requests that ended while they were held.
fn held(keys: &Keyring) -> Vec<String> {
    let request: Request = serde_json::from_str(EXAMPLE).unwrap();
    let stages = [
        (Stage::Body, Some(408), Some(&b"outwork_timeout"[..])),
        (Stage::Limits, Some(504), Some(b"stream_idle_timeout")),
        (Stage::BodyAndLimits, None, Some(b"downstream_remote_disconnect")),
        (Stage::Endpoint, None, None),
    ];
    let mut lines = Vec::new();
    for (stage, status, details) in stages {
        let undecided = Undecided { bundle: "2026.11.1-35c57f", stage, status, details };
        request.with_facts(Player::NOW, [7; 16], |facts| {
            let [ocsf, ecs] = [Format::Ocsf, Format::Ecs].map(|format| {
                contexts().map(|mut context| {
                    context.records.format = format;
                    record::undecided(&undecided, facts, keys, Context { sampled: None, ..context }).close()
                })
            });
            ocsf.iter().zip(&ecs).for_each(|(ocsf, ecs)| same(stage.name(), ocsf, ecs));
            lines.extend(ocsf.into_iter().chain(ecs));
        });
    }
    lines
}

#[test]
fn an_example_is_written_in_both_vocabularies() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/siem/policy");
    let compiled = outwork_compiler::compile(&folder).unwrap_or_else(|report| panic!("{}", report.render(false)));
    let policy = Policy::load(&compiled.bundle).unwrap();
    let keys = Keyring::parse("2026-11:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=").unwrap();
    let request: Request = serde_json::from_str(EXAMPLE).unwrap();
    let entropy = [0x3d, 0x0c, 0x17, 0x6b, 0x52, 0xe8, 0x94, 0x2f, 0xa1, 0x70, 0, 0, 0, 0, 0, 0];
    request.with_facts(Time::from_seconds(1_795_341_600), entropy, |facts| {
        let mut decision = policy.assess(facts, &keys, &mut Scratch::default()).decide(&[]);
        decision.bundle = "2026.11.1-35c57f";
        let lines = [Format::Ocsf, Format::Ecs].map(|format| {
            let context = || {
                let mut context = Context::NATIVE;
                context.records.format = format;
                context.host = Host { name: "envoy", ..context.host };
                context.node = Some("edge-1");
                context.elapsed = Some(184);
                context
            };
            // The second of its chain, as nearly all are in one.
            let opens = Opens { why: Why::Start, bundle: None, place: None, follows: None, unordered: false };
            let mut chain = Chain::new(0x80a8_0a11_d305_91c3, opens);
            let mut sealer = Sealer::new(&keys);
            let mut next = || record::draft(&decision, facts, &keys, context()).seal(&mut chain, &mut sealer);
            next();
            next()
        });
        same("the example", &lines[0], &lines[1]);
        if let Some(path) = env::var_os("OUTWORK_EXAMPLES") {
            fs::write(path, lines.join("\n") + "\n").unwrap();
        }
    });
}

/// What docs/siem.md shows.
const EXAMPLE: &str = r#"{
    "method": "GET", "scheme": "https", "authority": "shop.example", "target": "/.env?v=1", "protocol": "HTTP/2",
    "headers": [["user-agent", "curl/8.15.0"], ["accept", "*/*"]], "address": "203.0.113.9", "tls_version": "TLSv1.3", "sni": "shop.example",
    "ja4": "t13d3112h2_e8f1e7e78f70_b26ce05bbdd6", "ja3": "375c6162a492dfbf2795909110ce8424"
}"#;

/// Of one line each, and with the same members of ours; ECS has some besides that OCSF has words for.
fn same(case: &str, ocsf: &str, ecs: &str) {
    assert!(!ocsf.contains('\n') && !ecs.contains('\n'), "{case}");
    let own = |line: &str, place: &str| -> Map<String, Value> {
        let record: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{case}: {error}: {line}"));
        record.pointer(place).and_then(Value::as_object).cloned().unwrap_or_else(|| panic!("{case}: {line}"))
    };
    let (mut ocsf, mut ecs) = (own(ocsf, "/unmapped/outwork"), own(ecs, "/outwork"));
    // Other bytes have other MACs, and other places.
    for chain in [&mut ocsf, &mut ecs].into_iter().filter_map(|own| own.get_mut("chain")?.as_object_mut()) {
        chain.retain(|name, _| !["previous", "later", "mac"].contains(&name.as_str()));
    }
    ecs.retain(|name, _| !["bundle", "client_id", "ja4"].contains(&name.as_str()));
    assert_eq!(ecs, ocsf, "{case}");
    assert!(ocsf.get("verdict").is_some_and(Value::is_string) != ocsf.contains_key("undecided"), "{case}");
}
