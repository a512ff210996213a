//! Records of our own, replayed: what was decided is decided again, as far as the record tells what it was decided by.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

use outwork_compiler::Request;
use outwork_engine::{
    decision::Judgement,
    facts::Facts,
    keys::Keyring,
    limits::Charged,
    policy::Policy,
    record::{self, Context, Stage, Undecided},
    rules::Scratch,
    time::Time,
};
use outwork_replay::{Format, Reader, Reject};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Rules that fire because an address is not seen.
const BLIND: [&str; 1] = ["crawler.unverified"];

const NOW: Time = Time::from_seconds(1_795_305_600);

/// The same in the words of ECS.
const ECS: Context<'_> = {
    let mut context = Context::NATIVE;
    context.records.format = record::Format::Ecs;
    context
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The shipped policy, in play.
struct Host {
    policy: Policy,
    keys: Keyring,
    scratch: Scratch,
}

impl Host {
    fn new() -> Self {
        let compiled = outwork_compiler::compile(&root().join("rules"));
        let bundle = compiled.unwrap_or_else(|report| panic!("{}", report.render(false))).bundle;
        let keys = Keyring::parse("corpus:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=").unwrap();
        Self { policy: Policy::load(&bundle).unwrap(), keys, scratch: Scratch::default() }
    }
}

/// Calls `ask` with the facts of every request of the corpus.
fn each(mut ask: impl FnMut(&Facts<'_>)) {
    let mut requests = 0;
    for file in fs::read_dir(root().join("tests/corpus")).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "jsonl") {
            continue;
        }
        for line in fs::read_to_string(path).unwrap().lines() {
            let mut case: Value = serde_json::from_str(line).unwrap();
            let request: Request = serde_json::from_value(case.get_mut("facts").unwrap().take()).unwrap();
            request.with_facts(NOW, [7; 16], |facts| ask(facts));
            requests += 1;
        }
    }
    assert!(requests > 300);
}

fn ids(judgement: &Judgement<'_>) -> Vec<String> {
    judgement.reasons.counted().iter().map(|reason| reason.id.to_owned()).collect()
}

#[test]
fn a_replayed_record_decides_as_it_did_and_invents_no_reason() {
    let Host { policy, keys, mut scratch } = Host::new();
    let reader = Reader::new(Format::Records);
    let (mut same, mut all) = (0, 0);
    each(|facts| {
        let assessment = policy.assess(facts, &keys, &mut scratch);
        let charged = vec![Charged::Unknown; assessment.charges().len()];
        let decision = assessment.decide(&charged);
        let line = record::write(&decision, facts, &keys, Context::NATIVE);
        let entry = reader.read(line.as_bytes()).unwrap();
        assert_eq!(entry.recorded, Some((decision.verdict, decision.enforced)), "{line}");
        let ecs = record::write(&decision, facts, &keys, ECS);
        assert_eq!([&line, &ecs].map(|line| Format::detect(line.as_bytes())), [Some(Format::Records); 2]);
        assert_eq!(format!("{:?}", reader.read(ecs.as_bytes()).unwrap()), format!("{entry:?}"), "{ecs}");
        let lists = entry.lists();
        let told = entry.facts(lists.first(), Time::default());
        assert_eq!(told.now, NOW);
        assert_eq!(told.request.method, facts.request.method, "{line}");
        assert_eq!(told.request.authority, facts.request.authority, "{line}");
        assert_eq!(told.connection.ja4, facts.connection.ja4, "{line}");
        let judged = policy.assess(&told, &keys, &mut scratch).judge(&[]);
        let recorded: Vec<_> = decision.reasons.counted().iter().map(|reason| reason.id.to_owned()).collect();
        let replayed = ids(&judged);
        let invented = replayed.iter().filter(|id| !recorded.contains(id) && !BLIND.contains(&id.as_str()));
        assert_eq!(invented.count(), 0, "{replayed:?} of {recorded:?}: {line}");
        all += 1;
        // A record does not tell whether the network of the address was known, which makes the context weigh more.
        let network = facts.connection.asn.is_known() || facts.connection.country.is_known();
        if replayed == recorded && !network {
            same += 1;
            assert_eq!((judged.verdict, judged.risk.total), (decision.verdict, decision.risk.total), "{line}");
        }
    });
    assert!(same * 2 > all, "{same} of {all} had all their reasons in the record");
}

#[test]
fn a_judgement_is_the_decision_without_its_effects() {
    let Host { policy, keys, mut scratch } = Host::new();
    each(|facts| {
        let decision = policy.assess(facts, &keys, &mut scratch).decide(&[]);
        let judged = policy.assess(facts, &keys, &mut scratch).judge(&[]);
        assert_eq!((judged.verdict, judged.enforced), (decision.verdict, decision.enforced));
        assert_eq!((judged.risk, judged.band), (decision.risk, decision.band));
        assert_eq!(judged.reasons.counted(), decision.reasons.counted());
        assert_eq!(judged.refusal.is_some(), decision.reply.is_some());
    });
}

#[test]
fn what_ended_before_a_decision_is_passed_over_wherever_it_stands() {
    let host = Host::new();
    let request: Request =
        serde_json::from_str(r#"{"method": "POST", "target": "/checkout", "address": "203.0.113.9"}"#).unwrap();
    for (context, format) in [(Context::NATIVE, record::Format::Ocsf), (ECS, record::Format::Ecs)] {
        let undecided = Undecided { bundle: "1-abcdef", stage: Stage::Body, status: Some(408), details: Some(b"late") };
        let line =
            request.with_facts(NOW, [7; 16], |facts| record::undecided(&undecided, facts, &host.keys, context).close());
        assert_eq!(Format::detect(line.as_bytes()), Some(Format::Records), "{format:?}");
        let read = |format: Format, line: &str| Reader::new(format).read(line.as_bytes()).map(|_| ());
        assert_eq!(read(Format::Records, &line), Err(Reject::Undecided), "{line}");
        let around = serde_json::json!({"method": "POST", "path": "/checkout", "outwork": line}).to_string();
        assert_eq!(read(Format::Envoy, &around), Err(Reject::Undecided), "{around}");
    }
}
