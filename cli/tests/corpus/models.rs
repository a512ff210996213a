//! What models say of the corpus, in `tests/corpus/models/said.jsonl`: to the last digit, so that every host can be held to it.

use super::case;
use outwork_compiler::{Request, corpus::Player};
use outwork_engine::{
    keys::Keyring,
    policy::Policy,
    record::{self, Context},
    rules::Scratch,
};
use serde_json::{Value, json};
use std::{env, fmt::Write, fs};

struct Scorer {
    policy: Policy,
    keys: Keyring,
    scratch: Scratch,
}

impl Scorer {
    fn new() -> Self {
        let compiled = outwork_compiler::compile(&case::folder().join("models"));
        let compiled = compiled.unwrap_or_else(|report| panic!("{}", report.render(false)));
        let keys = Keyring::parse("corpus:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=").unwrap();
        Self { policy: Policy::load(&compiled.bundle).unwrap(), keys, scratch: Scratch::default() }
    }

    /// The part of a request's record that models write.
    fn said(&mut self, request: &Request) -> Value {
        request.with_facts(Player::NOW, [7; 16], |facts| {
            let decision = self.policy.assess(facts, &self.keys, &mut self.scratch).decide(&[]);
            let record: Value =
                serde_json::from_str(&record::write(&decision, facts, &self.keys, Context::NATIVE)).unwrap();
            let own = record.pointer("/unmapped/outwork").unwrap();
            let part = |name: &str| own.get(name).cloned().unwrap_or_default();
            json!({"models": part("models"), "features": part("features")})
        })
    }
}

#[test]
fn models_say_of_each_case_what_is_written_down() {
    let mut scorer = Scorer::new();
    let mut lines = String::new();
    for case in case::files().into_iter().flat_map(|file| file.cases) {
        let full = scorer.said(&case.request().unwrap());
        let mut line = json!({"id": case.id, "said": full});
        for (host, view) in case::views() {
            let seen = scorer.said(&case::request_seen(&case, &view));
            if seen != full {
                line.as_object_mut().unwrap().insert(format!("said_on_{host}"), seen);
            }
        }
        writeln!(lines, "{line}").unwrap();
    }
    let path = case::folder().join("models/said.jsonl");
    if env::var_os("OUTWORK_BLESS").is_some() {
        fs::write(&path, &lines).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    let differs = written.lines().zip(lines.lines()).find(|(written, now)| written != now);
    assert!(differs.is_none() && written.len() == lines.len(), "{differs:?}; OUTWORK_BLESS=1 writes it anew");
}
