//! What limits do to those who do not stop: ladders, decoys, and what refusals tell.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails loudly")]

use outwork_compiler::{Request, Visit, compile_files};
use outwork_engine::{
    decision::{Decision, Verdict},
    fact::Fact,
    keys::Keyring,
    limits::{Charged, Word},
    policy::Policy,
    rules::Scratch,
    time::Time,
};
use std::collections::BTreeMap;

const POLICY: &str = r#"
[policy]
version = "1"
mode = "enforce"

[[limit]]
id = "climbing"
when = 'request.path.startsWith("/climb")'
key = ["ip"]
burst = 2
refill = "1/s"
ladder = ["throttle", "challenge", "block"]
penalty = { base = "10s", factor = 2, max = "1m", forgive = "30s" }
decoy = "challenge"
tarpit = "2s"

[[limit]]
id = "counted"
when = 'request.path.startsWith("/climb")'
key = ["ip"]
burst = 1000
refill = "100/s"

[[limit]]
id = "device"
when = 'request.path.startsWith("/")'
key = ["ip", "device"]
burst = 1000
refill = "100/s"
ladder = ["block"]
decoy = "block"

[[limit]]
id = "session"
when = 'request.path.startsWith("/")'
key = ["session"]
burst = 1000
refill = "100/s"
ladder = ["block"]
decoy = "block"
"#;

const DECOYS: &str = r#"
[pack]
id = "decoys"
version = "1"
why = "bait"

[[rule]]
id = "bait"
when = 'request.path == "/.env"'
action = "decoy"
why = "bait"
"#;

struct Site {
    policy: Policy,
    keys: Keyring,
    words: BTreeMap<u128, Word>,
}

/// What came of one request.
struct Seen {
    verdict: Verdict,
    status: Option<u16>,
    delay: u32,
    reasons: Vec<String>,
    headers: Vec<(String, String)>,
    body: String,
}

impl Seen {
    fn of(decision: Decision<'_>) -> Self {
        let reasons = decision.reasons.counted().iter().map(|reason| reason.id.to_owned()).collect();
        let (verdict, delay) = (decision.verdict, decision.delay);
        let reply = decision.reply;
        let headers = reply.iter().flat_map(|reply| &reply.headers);
        Self {
            verdict,
            delay,
            reasons,
            status: reply.as_ref().map(|reply| reply.status),
            headers: headers.map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
            body: reply.as_ref().map(|reply| reply.body.clone()).unwrap_or_default(),
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn violated(&self) -> serde_json::Value {
        let problem: serde_json::Value = serde_json::from_str(&self.body).unwrap();
        problem.get("violated-policies").cloned().unwrap()
    }
}

impl Site {
    fn new() -> Self {
        let policy = POLICY.replacen("mode = ", "packs = [\"decoys.toml\"]\nmode = ", 1);
        let files = [("outwork.toml", policy.as_str()), ("decoys.toml", DECOYS)];
        let files = files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()));
        let compiled = compile_files(&BTreeMap::from(files), "outwork.toml");
        let compiled = compiled.unwrap_or_else(|report| panic!("{}", report.render(false)));
        assert!(compiled.warnings.is_empty(), "{}", compiled.warnings.render(false));
        let keys = Keyring::parse("a:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE").unwrap();
        Self { policy: Policy::load(&compiled.bundle).unwrap(), keys, words: BTreeMap::new() }
    }

    /// Asks at a second; the visit says who.
    fn ask(&mut self, second: u64, path: &str, visit: &dyn Fn(&mut Request)) -> Seen {
        let mut request = Request {
            target: path.into(),
            address: Fact::Known([203, 0, 113, 7].into()),
            ja4: Fact::Known("t13d1516h2_8daaf6152771_02713d6af862".into()),
            ..Request::default()
        };
        visit(&mut request);
        request.with_facts(Time::from_seconds(1_000_000 + second), [7; 16], |facts| {
            let mut scratch = Scratch::default();
            let assessment = self.policy.assess(facts, &self.keys, &mut scratch);
            let step = |charge: &outwork_engine::limits::Charge| {
                let word = self.words.entry(charge.key).or_default();
                let (charged, next) = charge.step(*word, facts.now);
                *word = next;
                charged
            };
            let charged: Vec<Charged> = assessment.charges().iter().map(step).collect();
            Seen::of(assessment.decide(&charged))
        })
    }

    fn climb(&mut self, second: u64, times: usize) -> Vec<Verdict> {
        (0..times).map(|_| self.ask(second, "/climb", &|_| {}).verdict).collect()
    }
}

#[test]
fn who_does_not_stop_waits_then_proves_then_is_shut_out_and_is_forgiven() {
    use Verdict::{Allow, Block, Challenge, Throttle};
    let mut site = Site::new();
    assert_eq!(site.climb(0, 4), [Allow, Allow, Throttle, Throttle], "two at once, then a term of 10 s");
    assert_eq!(site.climb(5, 3), [Allow, Allow, Throttle], "in which tokens count");
    assert_eq!(site.climb(11, 4), [Allow, Allow, Challenge, Challenge], "the next overflow: a term of 20 s");
    assert_eq!(site.climb(30, 1), [Challenge], "in which nothing counts");
    assert_eq!(site.climb(32, 3), [Allow, Allow, Block], "the last: 40 s");
    assert_eq!(site.climb(71, 1), [Block]);
    assert_eq!(site.climb(163, 3), [Allow, Allow, Throttle], "90 s later all three levels are forgiven");
}

#[test]
fn a_refusal_tells_every_limit_and_names_those_that_refuse() {
    let mut site = Site::new();
    site.climb(0, 2);
    let seen = site.ask(0, "/climb", &|_| {});
    assert_eq!((seen.verdict, seen.status, seen.delay), (Verdict::Throttle, Some(429), 2_000));
    assert_eq!(seen.reasons, ["climbing"]);
    assert_eq!(
        seen.header("ratelimit-policy"),
        Some(r#""climbing";q=2;w=2, "counted";q=1000;w=10, "device";q=1000;w=10"#)
    );
    assert_eq!(seen.header("ratelimit"), Some(r#""climbing";r=0;t=1, "counted";r=997;t=1, "device";r=997;t=1"#));
    assert_eq!((seen.header("retry-after"), seen.violated()), (Some("1"), serde_json::json!(["climbing"])));
}

#[test]
fn a_challenge_that_a_ladder_asks_for_names_the_limit() {
    let mut site = Site::new();
    site.climb(0, 3);
    site.climb(11, 3);
    let seen = site.ask(11, "/climb", &|_| {});
    assert_eq!((seen.verdict, seen.status, seen.delay), (Verdict::Challenge, Some(403), 0));
    assert_eq!(seen.violated(), serde_json::json!(["climbing"]));
    assert!(seen.header("ratelimit").unwrap().starts_with(r#""climbing";r=0;t=20, "#));
    assert_eq!(seen.header("retry-after"), None, "who passes it need not wait");
    let html = |request: &mut Request| {
        request.headers.push(("accept".into(), b"text/html".to_vec()));
        request.headers.push(("sec-fetch-mode".into(), b"navigate".to_vec()));
    };
    let page = site.ask(11, "/climb", &html);
    assert!(page.body.starts_with("<!doctype html>") && page.header("ratelimit-policy").is_some());
}

#[test]
fn who_is_shut_out_is_told_for_how_long() {
    let mut site = Site::new();
    for second in [0, 11, 32] {
        site.climb(second, 3);
    }
    let seen = site.ask(33, "/climb", &|_| {});
    assert_eq!((seen.verdict, seen.status, seen.header("retry-after")), (Verdict::Block, Some(429), Some("39")));
    assert!(seen.header("ratelimit").unwrap().starts_with(r#""climbing";r=0;t=39, "#));
    assert!(seen.body.contains("#abnormal-usage-detected"));
}

#[test]
fn a_decoy_puts_the_address_the_device_and_the_session_on_their_rungs() {
    let mut site = Site::new();
    let with_session = |request: &mut Request| request.session = Some(Visit::default());
    let other_address = |request: &mut Request| request.address = Fact::Known([203, 0, 113, 8].into());
    assert_eq!(site.ask(0, "/", &with_session).verdict, Verdict::Allow);
    let bait = site.ask(1, "/.env", &with_session);
    assert_eq!((bait.verdict, bait.status), (Verdict::Block, Some(404)), "the bait looks like nothing");
    assert!(bait.headers.iter().all(|(name, _)| !name.starts_with("ratelimit")), "and tells nothing");
    let stranger = site.ask(2, "/climb", &|request| {
        other_address(request);
        request.headers.push(("accept-language".into(), b"de".to_vec()));
    });
    assert_eq!(stranger.verdict, Verdict::Allow);
    let moved = site.ask(2, "/", &|request| {
        other_address(request);
        with_session(request);
    });
    assert_eq!((moved.verdict, moved.reasons.as_slice()), (Verdict::Block, ["session".to_owned()].as_slice()));
    let device = site.ask(2, "/", &|_| {});
    assert_eq!((device.verdict, device.reasons.as_slice()), (Verdict::Block, ["device".to_owned()].as_slice()));
    let neighbour = site.ask(2, "/climb", &|request| {
        request.headers.push(("accept-language".into(), b"de".to_vec()));
    });
    assert_eq!(
        (neighbour.verdict, neighbour.reasons.as_slice()),
        (Verdict::Challenge, ["climbing".to_owned()].as_slice()),
        "somebody behind the same address can prove that they are somebody else"
    );
}

#[test]
fn a_decoy_that_is_off_strikes_nobody() {
    let mut site = Site::new();
    site.ask(0, "/.envelope", &|_| {});
    assert_eq!(site.ask(1, "/climb", &|_| {}).verdict, Verdict::Allow);
}
