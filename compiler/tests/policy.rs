//! What a compiled policy decides: modes, actions, limits, refusals and records.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

use outwork_compiler::{Request, compile};
use outwork_engine::{
    decision::{Decision, Edit, Verdict},
    fact::Fact,
    keys::Keyring,
    limits::{Charged, Word},
    policy::Policy,
    record::{self, Context},
    risk::Band,
    rules::Scratch,
    time::Time,
};
use std::{collections::BTreeMap, fs};

const KEYS: &str = "test:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=";

const RULES: &str = r#"
[[rule]]
id = "tool"
when = 'ua.tool == "curl"'
score = 60
layer = "device"
why = "a tool"

[[rule]]
id = "forbidden"
when = 'request.path.startsWith("/forbidden")'
action = "block"
layer = "context"
why = "forbidden"

[[rule]]
id = "bait"
when = 'request.path == "/.env"'
action = "decoy"
why = "bait"

[[rule]]
id = "noted"
when = 'request.path == "/noted"'
action = "tag"
why = "noted"

[[rule]]
id = "exempt"
when = 'request.path.endsWith("/exempt")'
action = "allow"
why = "exempt"

[[rule]]
id = "adjusted"
when = 'request.path == "/adjusted"'
score = 80
why = "points without a layer"

[[rule]]
id = "silent"
when = 'request.path == "/silent"'
action = "block"
mode = "shadow"
why = "not yet"

[[rule]]
id = "asleep"
when = 'request.path == "/asleep"'
action = "block"
mode = "off"
why = "not at all"

[[rule]]
id = "slowed"
when = 'request.path.startsWith("/slow")'
action = "throttle"
limit = "slow"
why = "dear"

[[limit]]
id = "slow"
key = ["ip"]
burst = 2
refill = "1/min"
"#;

/// Rules in an order, one of them for some days only.
const ORDERED: &str = r#"
[pack]
id = "ordered"
version = "1"
why = "a test"
match = "first"

[[rule]]
id = "first.points"
when = 'request.path.startsWith("/ordered")'
score = 5
why = "points do not decide"

[[rule]]
id = "first.shadow"
when = 'request.path.startsWith("/ordered")'
action = "block"
mode = "shadow"
why = "what is in shadow does not decide"

[[rule]]
id = "first.passing"
when = 'request.path == "/ordered/sale"'
action = "allow"
until = 2026-11-23
why = "decides while it lasts"

[[rule]]
id = "first.slow"
when = 'request.path == "/ordered/slow"'
action = "tag"
why = "decides before the throttle"

[[rule]]
id = "first.throttle"
when = 'request.path == "/ordered/slow"'
action = "throttle"
limit = "slow"
why = "comes too late"

[[rule]]
id = "first.block"
when = 'request.path.startsWith("/ordered")'
action = "block"
score = 50
why = "the rest"

[[rule]]
id = "first.late"
when = 'request.path.startsWith("/ordered")'
score = 70
why = "comes too late"
"#;

struct Site {
    policy: Policy,
    keys: Keyring,
    store: BTreeMap<u128, Word>,
    scratch: Scratch,
}

/// A decision, taken apart for comparison.
#[derive(Debug)]
struct Seen {
    verdict: Verdict,
    enforced: bool,
    risk: u8,
    band: Band,
    reasons: Vec<String>,
    shadowed: Vec<String>,
    status: Option<u16>,
    headers: Vec<(&'static str, String)>,
    body: String,
    evidence: bool,
    record: Option<serde_json::Value>,
}

impl Site {
    fn new(settings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let entry = format!("[policy]\nversion = \"1\"\npacks = [\"pack.toml\", \"ordered.toml\"]\n{settings}");
        let pack = format!("[pack]\nid = \"test\"\nversion = \"1\"\nwhy = \"a test\"\n{RULES}");
        fs::write(folder.path().join("outwork.toml"), entry).unwrap();
        fs::write(folder.path().join("pack.toml"), pack).unwrap();
        fs::write(folder.path().join("ordered.toml"), ORDERED).unwrap();
        let compiled = compile(folder.path()).unwrap_or_else(|report| panic!("{}", report.render(false)));
        Self {
            policy: Policy::load(&compiled.bundle).unwrap(),
            keys: Keyring::parse(KEYS).unwrap(),
            store: BTreeMap::new(),
            scratch: Scratch::default(),
        }
    }

    fn ask(&mut self, target: &str, change: impl FnOnce(&mut Request)) -> Seen {
        self.ask_at(0, true, target, change)
    }

    fn ask_at(&mut self, second: u64, stored: bool, target: &str, change: impl FnOnce(&mut Request)) -> Seen {
        let mut request =
            Request { target: target.into(), address: Fact::Known([203, 0, 113, 7].into()), ..Request::default() };
        change(&mut request);
        let now = Time::from_seconds(1_795_305_600 + second);
        request.with_facts(now, [9; 16], |facts| {
            let assessment = self.policy.assess(facts, &self.keys, &mut self.scratch);
            let mut charged = Vec::new();
            for charge in assessment.charges() {
                let (outcome, word) = charge.step(self.store.get(&charge.key).copied().unwrap_or_default(), now);
                self.store.insert(charge.key, word);
                charged.push(if stored { outcome } else { Charged::Unknown });
            }
            let decision = assessment.decide(&charged);
            let record = self
                .policy
                .records(decision.verdict)
                .then(|| record::write(&decision, facts, &self.keys, Context::NATIVE));
            Seen::new(&decision, record)
        })
    }
}

impl Seen {
    fn new(decision: &Decision<'_>, record: Option<String>) -> Self {
        let reply = decision.reply.clone();
        Self {
            verdict: decision.verdict,
            enforced: decision.enforced,
            risk: decision.risk.total,
            band: decision.band,
            reasons: decision.reasons.counted().iter().map(|reason| reason.id.into()).collect(),
            shadowed: decision.reasons.shadowed().iter().map(|&id| id.into()).collect(),
            status: reply.as_ref().map(|reply| reply.status),
            headers: reply.as_ref().map(|reply| reply.headers.clone()).unwrap_or_default(),
            body: reply.map(|reply| reply.body).unwrap_or_default(),
            evidence: decision.edits.iter().any(|edit| matches!(edit, Edit::Append("outwork-risk", _))),
            record: record.map(|line| serde_json::from_str(&line).unwrap()),
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}

fn curl(request: &mut Request) {
    request.headers.push(("user-agent".into(), "curl/8.5.0".into()));
}

#[test]
fn points_become_risk_band_verdict_and_reasons() {
    let mut site = Site::new("mode = \"enforce\"");
    let seen = site.ask("/", curl);
    // 0.4 × 0.6 × 60 / (0.4 × 0.6 + 0.2 × 0.5): the hello is not seen, and of the context only the address.
    assert_eq!((seen.verdict, seen.risk, seen.band), (Verdict::Tag, 42, Band::Medium));
    assert_eq!(seen.reasons, ["tool"]);
    assert!(seen.evidence && seen.status.is_none());
    let seen = site.ask("/", |_| {});
    assert_eq!((seen.verdict, seen.risk, seen.band), (Verdict::Allow, 0, Band::Low));
}

#[test]
fn each_action_does_what_it_says() {
    let mut site = Site::new("mode = \"enforce\"");
    let seen = site.ask("/forbidden/x", |_| {});
    assert_eq!((seen.verdict, seen.status), (Verdict::Block, Some(403)));
    assert!(!seen.evidence, "what is not forwarded needs no evidence");
    let seen = site.ask("/.env", |_| {});
    assert_eq!((seen.verdict, seen.status), (Verdict::Block, Some(404)));
    let seen = site.ask("/noted", |_| {});
    assert_eq!((seen.verdict, seen.status), (Verdict::Tag, None));
    let seen = site.ask("/forbidden/exempt", curl);
    assert_eq!((seen.verdict, seen.status, seen.risk), (Verdict::Allow, None, 42), "an exemption outweighs all");
    assert_eq!(seen.reasons, ["forbidden", "exempt", "tool"]);
}

#[test]
fn the_first_rule_that_acts_decides_for_an_ordered_pack_alone() {
    let mut site = Site::new("mode = \"enforce\"");
    let seen = site.ask("/ordered", curl);
    assert_eq!((seen.verdict, seen.status), (Verdict::Block, Some(403)));
    assert_eq!(seen.reasons, ["first.block", "tool", "first.points"]);
    assert_eq!(seen.shadowed, ["first.shadow"]);
    for _ in 0..4 {
        let seen = site.ask("/ordered/slow", |_| {});
        assert_eq!((seen.verdict, seen.status), (Verdict::Tag, None), "the throttle comes after the tag");
        assert_eq!(seen.reasons, ["first.slow", "first.points"]);
    }
}

/// The requests of these tests arrive from 2026-11-22 00:00:00 UTC on.
#[test]
fn a_rule_is_in_force_to_the_end_of_its_last_day() {
    const DAY: u64 = 86_400;
    let mut site = Site::new("mode = \"enforce\"");
    for (second, verdict) in [(0, Verdict::Allow), (2 * DAY - 1, Verdict::Allow), (2 * DAY, Verdict::Block)] {
        assert_eq!(site.ask_at(second, true, "/ordered/sale", |_| {}).verdict, verdict, "second {second}");
    }
    let mut site = Site::new("mode = \"enforce\"\n[[override]]\nrule = \"forbidden\"\nuntil = 2026-11-22");
    for (second, verdict) in [(DAY - 1, Verdict::Block), (DAY, Verdict::Allow)] {
        assert_eq!(site.ask_at(second, true, "/forbidden", |_| {}).verdict, verdict, "second {second}");
    }
}

#[test]
fn a_band_can_block() {
    let mut site =
        Site::new("mode = \"enforce\"\n[verdicts]\nmedium = \"block\"\nhigh = \"block\"\n[bands]\nmedium = 40");
    let seen = site.ask("/", curl);
    assert_eq!((seen.verdict, seen.status), (Verdict::Block, Some(403)));
    assert!(seen.body.contains("automated client"), "{}", seen.body);
    let seen = site.ask("/adjusted", |_| {});
    assert_eq!((seen.verdict, seen.risk), (Verdict::Block, 80));
    assert!(seen.body.contains("A rule of this site"), "points without a layer accuse no layer: {}", seen.body);
}

#[test]
fn shadow_decides_and_changes_nothing() {
    let mut site = Site::new("mode = \"shadow\"");
    let seen = site.ask("/forbidden", |_| {});
    assert_eq!((seen.verdict, seen.enforced, seen.status, seen.evidence), (Verdict::Block, false, None, false));
    let record = seen.record.unwrap();
    assert_eq!((&record["action_id"], &record["disposition_id"]), (&3.into(), &17.into()));
    let seen = site.ask("/silent", |_| {});
    assert_eq!((seen.verdict, seen.shadowed), (Verdict::Allow, vec!["silent".to_owned()]));
    let seen = site.ask("/asleep", |_| {});
    assert!(seen.shadowed.is_empty() && seen.reasons.is_empty());
}

#[test]
fn off_decides_nothing_but_still_strips() {
    let mut site = Site::new("mode = \"off\"");
    let seen = site.ask("/forbidden", curl);
    assert_eq!((seen.verdict, seen.risk, seen.enforced, seen.evidence), (Verdict::Allow, 0, false, false));
}

#[test]
fn a_canary_takes_its_share_of_clients_and_always_the_same() {
    let mut site = Site::new("mode = { canary = 25 }");
    let mut enforced = 0;
    for n in 0..4_000_u16 {
        let [high, low] = n.to_be_bytes();
        let change = |request: &mut Request| request.address = Fact::Known([10, 0, high, low].into());
        let first = site.ask("/forbidden", change).enforced;
        assert_eq!(first, site.ask("/", change).enforced, "client {n}");
        enforced += u32::from(first);
    }
    assert!((850..1_150).contains(&enforced), "{enforced} of 4,000");
}

#[test]
fn a_limit_refuses_with_its_remedy_and_lets_go_on_time() {
    let mut site = Site::new("mode = \"enforce\"");
    for _ in 0..2 {
        assert_eq!(site.ask("/slow", |_| {}).verdict, Verdict::Allow);
    }
    let seen = site.ask("/slow", |_| {});
    assert_eq!((seen.verdict, seen.status), (Verdict::Throttle, Some(429)));
    assert_eq!(seen.reasons, ["slowed", "slow"]);
    assert_eq!(seen.header("retry-after"), Some("60"));
    assert_eq!(seen.header("ratelimit-policy"), Some("\"slow\";q=2;w=120"));
    assert_eq!(seen.header("ratelimit"), Some("\"slow\";r=0;t=60"));
    let problem: serde_json::Value = serde_json::from_str(&seen.body).unwrap();
    assert_eq!(problem["violated-policies"][0], "slow");
    assert_eq!(site.ask_at(59, true, "/slow", |_| {}).verdict, Verdict::Throttle);
    assert_eq!(site.ask_at(60, true, "/slow", |_| {}).verdict, Verdict::Allow);
    let other = |request: &mut Request| request.address = Fact::Known([203, 0, 113, 8].into());
    assert_eq!(site.ask("/slow", other).verdict, Verdict::Allow, "another client has another bucket");
    assert_eq!(site.ask("/", |_| {}).verdict, Verdict::Allow, "and another path none");
    let exempt: Vec<Verdict> = (0..3).map(|_| site.ask("/slow/exempt", other).verdict).collect();
    assert_eq!(exempt, [Verdict::Allow, Verdict::Throttle, Verdict::Throttle], "an exemption is none from limits");
}

#[test]
fn ipv6_clients_are_counted_by_their_64() {
    let mut site = Site::new("mode = \"enforce\"");
    let from = |last: u16| {
        move |request: &mut Request| {
            request.address = Fact::Known(std::net::Ipv6Addr::new(0x2001, 0xdb8, 1, 2, 3, 4, 5, last).into());
        }
    };
    let verdicts: Vec<Verdict> = (0..3).map(|n| site.ask("/slow", from(n)).verdict).collect();
    assert_eq!(verdicts, [Verdict::Allow, Verdict::Allow, Verdict::Throttle]);
}

#[test]
fn a_store_out_of_reach_and_an_unknown_address_refuse_nobody() {
    let mut site = Site::new("mode = \"enforce\"");
    for _ in 0..5 {
        assert_eq!(site.ask_at(0, false, "/slow", |_| {}).verdict, Verdict::Allow);
    }
    let mut site = Site::new("mode = \"enforce\"");
    for _ in 0..5 {
        assert_eq!(site.ask("/slow", |request| request.address = Fact::Unavailable).verdict, Verdict::Allow);
    }
}

#[test]
fn a_person_is_told_why_and_whom_to_ask() {
    let mut site = Site::new("mode = \"enforce\"\ncontact = \"mailto:help@shop.example\"");
    let html = |request: &mut Request| request.headers.push(("accept".into(), "text/html,*/*".into()));
    let seen = site.ask("/forbidden", html);
    assert_eq!(seen.header("content-type"), Some("text/html; charset=utf-8"));
    for part in ["Reference: <code>14", "mailto:help@shop.example", "<html lang=\"en\">", "restricted here"] {
        assert!(seen.body.contains(part), "{part} in {}", seen.body);
    }
    let seen = site.ask("/forbidden", |_| {});
    assert_eq!(seen.header("content-type"), Some("application/problem+json"));
    let problem: serde_json::Value = serde_json::from_str(&seen.body).unwrap();
    assert_eq!((&problem["status"], &problem["contact"]), (&403.into(), &"mailto:help@shop.example".into()));
}

#[test]
fn a_record_says_what_was_decided_without_the_address_or_the_query() {
    let mut site = Site::new("mode = \"enforce\"");
    let seen = site.ask("/noted?card=4111111111111111", |request| {
        curl(request);
        request.headers.push(("x".into(), "y".into()));
        request.authority = "a\"\\\u{1}b".into();
    });
    let record = seen.record.unwrap();
    let text = record.to_string();
    assert!(!text.contains("203.0.113") && !text.contains("41111111"), "{text}");
    assert_eq!(record["unmapped"]["outwork"]["verdict"], "tag");
    assert_eq!(record["unmapped"]["outwork"]["reasons"][1]["id"], "tool");
    assert_eq!(record["http_request"]["url"]["hostname"], "a\"\\\u{1}b");
    assert_eq!(record["type_uid"], 400_203);
    assert_eq!(record["disposition_id"], 18);
}

#[test]
fn only_what_the_policy_asks_for_is_recorded() {
    let mut site = Site::new("mode = \"enforce\"\nrecord = \"acted\"");
    assert!(site.ask("/", |_| {}).record.is_none());
    assert!(site.ask("/noted", |_| {}).record.is_some());
    let mut site = Site::new("mode = \"enforce\"\nrecord = \"none\"");
    assert!(site.ask("/noted", |_| {}).record.is_none());
}
