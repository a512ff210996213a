//! Bytes as a whole request, its header map and its body: whoever is let through reaches the origin with our evidence alone,
//! which the origin's own verifier takes; the record is JSON; a reply has headers that a proxy sends.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outwork_engine::{
    decision::{Decision, Edit, Reply},
    directories::Directories,
    endpoint::{Plan, plan},
    fact::Fact,
    facts::{Facts, Protocol},
    keys::Keyring,
    limits::{Charge, Charged, Word},
    policy::Policy,
    record::{
        self, Context, Format,
        chain::{Chain, Opens, Sealer, Why},
    },
    rules::Scratch,
    time::Time,
};
use outwork_filter::{connection, facts::Sent, pairs};
use outwork_origin::{Arrived, Keys, Scheme, Verifier};
use std::{cell::RefCell, path::Path, sync::LazyLock};

const NOW: Time = Time::from_seconds(1_795_305_600);
const CONNECTION: &[u8] =
    b"addr=203.0.113.7 id=17 ja4=t13d1516h2_8daaf6152771_02713d6af862 version=TLSv1.3 sni=shop.example";

static KEYS: LazyLock<Keyring> =
    LazyLock::new(|| Keyring::parse("a:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE").expect("a key of 32 bytes"));
static VERIFIER: LazyLock<Verifier> =
    LazyLock::new(|| Verifier::new(Keys::parse(&KEYS.evidence_keys()).expect("what we print")));
/// The rules that are shipped, and a policy of transactions, an account and limits.
static POLICIES: LazyLock<[Policy; 2]> = LazyLock::new(|| {
    ["../rules", "policy"].map(|folder| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let compiled = outwork_compiler::compile(&folder).unwrap_or_else(|report| panic!("{}", report.render(false)));
        Policy::load(&compiled.bundle).expect("what compiles is loaded")
    })
});

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

fuzz_target!(init: { LazyLock::force(&POLICIES); }, |data: &[u8]| {
    let Some((&[choice, low, high], rest)) = data.split_first_chunk::<3>() else { return };
    let (map, body) = rest.split_at(usize::from(u16::from_le_bytes([low, high])).min(rest.len()));
    let Some(read) = pairs::read(map).filter(|read| read.iter().all(is_line)) else { return };
    let sent = Sent::new(read);
    let noted = connection::read(if choice & 1 == 0 { CONNECTION } else { b"" });
    let protocol = if choice & 2 == 0 { Protocol::Http2 } else { Protocol::Http11 };
    let directories = Directories::of(POLICIES[0].agents().iter().filter_map(|agent| agent.directory.as_deref()));
    let facts = sent.facts(NOW, [7; 16], noted.connection, Fact::Known(protocol));
    let facts = Facts { directories: Some(&directories), ..facts };
    let policy = &POLICIES[usize::from(choice >> 2 & 1)];
    SCRATCH.with_borrow_mut(|scratch| match plan(&facts) {
        Plan::Judge => judge(policy, &facts, body, scratch),
        Plan::Serve => serve(policy, &facts, b"", scratch),
        Plan::Collect(most) => serve(policy, &facts, body.get(..=most).unwrap_or(body), scratch),
    });
});

/// What a proxy hands on: names are tokens in lower case, and no value has a line's end (RFC 9110, 5).
fn is_line((name, value): &(&[u8], &[u8])) -> bool {
    let name = name.strip_prefix(b":").unwrap_or(name);
    let is_token = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"!#$%&'*+-.^_`|~".contains(byte);
    !name.is_empty() && name.iter().all(is_token) && !value.iter().any(|byte| matches!(byte, 0 | b'\n' | b'\r'))
}

fn judge(policy: &Policy, facts: &Facts<'_>, body: &[u8], scratch: &mut Scratch) {
    let assessment = policy.assess(facts, &KEYS, scratch);
    let charged = charge(assessment.charges());
    let Some(most) = assessment.wants_body(&charged) else {
        return decided(&assessment.decide(&charged), facts, body);
    };
    let body = body.get(..=most).unwrap_or(body);
    let facts = Facts { body: Fact::Known(body), ..facts.clone() };
    decided(&policy.assess(&facts, &KEYS, scratch).decide(&charged), &facts, body);
}

fn decided(decision: &Decision<'_>, facts: &Facts<'_>, body: &[u8]) {
    let mut chain =
        Chain::new(7, Opens { why: Why::Start, bundle: None, place: None, follows: None, unordered: false });
    for format in [Format::Ocsf, Format::Ecs] {
        let mut context = Context::NATIVE;
        context.records.format = format;
        let record = record::draft(decision, facts, &KEYS, context).seal(&mut chain, &mut Sealer::new(&KEYS));
        assert!(!record.contains('\n') && serde_json::from_str::<serde_json::Value>(&record).is_ok(), "{record}");
        assert!(record::chain::read(record.as_bytes()).is_some());
    }
    match &decision.reply {
        Some(reply) => sendable(reply),
        None => verified(decision, facts, body),
    }
}

/// Nothing that a client sends is taken for ours, or makes ours unreadable.
fn verified(decision: &Decision<'_>, facts: &Facts<'_>, body: &[u8]) {
    let mut lines: Vec<(&str, Vec<u8>)> = Vec::new();
    for (name, value) in facts.headers.list {
        lines.extend(std::str::from_utf8(name).map(|name| (name, value.to_vec())));
    }
    for edit in &decision.edits {
        match edit {
            Edit::Remove(name) => lines.retain(|(known, _)| known.as_bytes() != *name),
            Edit::Append(name, value) => lines.push((name, value.clone())),
        }
    }
    assert_eq!(lines.iter().filter(|(name, _)| name.replace('_', "-").starts_with("outwork-")).count(), 1);
    let request = &facts.request;
    // What no proxy lets through: control characters in the head, a method that is no text, fields of 16 KiB.
    let parts = [request.method, request.authority, request.target];
    let is_plain = parts.iter().all(|part| !part.iter().any(u8::is_ascii_control));
    let small = lines.iter().map(|(_, value)| value.len()).sum::<usize>() < 16_000;
    let Ok(method) = std::str::from_utf8(request.method) else { return };
    if !is_plain || !small {
        return;
    }
    let scheme = if request.scheme == b"http" { Scheme::Http } else { Scheme::Https };
    let arrived = Arrived { method, authority: request.authority, target: request.target, scheme };
    match VERIFIER.head(&arrived, lines.as_slice(), NOW.seconds()) {
        Ok(head) => {
            let risk = head.with_body(body).expect("the body that was signed");
            assert_eq!((risk.risk, risk.id.as_str()), (decision.risk.total, decision.id.as_str()));
        }
        Err(refusal) => panic!("{refusal}: {lines:?}"),
    }
}

fn serve(policy: &Policy, facts: &Facts<'_>, body: &[u8], scratch: &mut Scratch) {
    let service = policy.serve(facts, body, &KEYS, scratch);
    let charged = charge(service.charges());
    let answer = service.admit(&charged);
    let remembered: Vec<_> = answer.memos().iter().map(|memo| memo.step(Word::default(), NOW).0).collect();
    sendable(&answer.reply(&remembered));
}

fn charge(charges: &[Charge]) -> Vec<Charged> {
    charges.iter().map(|charge| charge.step(Word::default(), NOW).0).collect()
}

fn sendable(reply: &Reply) {
    assert!((200..600).contains(&reply.status));
    for (name, value) in &reply.headers {
        assert!(!name.is_empty() && value.bytes().all(|byte| byte >= b' ' && byte != 0x7f), "{name}: {value:?}");
    }
}
