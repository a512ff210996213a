//! What a policy makes of transactions: windows, challenges, bodies, modes, and what the origin is told.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

use base64ct::{Base64, Encoding};
use outwork_compiler::{Request, Visit, Way, compile_files};
use outwork_engine::{
    decision::{Edit, Verdict},
    fact::Fact,
    facts::Facts,
    keys::Keyring,
    limits::{Charged, Word},
    policy::Policy,
    rules::Scratch,
    structured::{Bare, Dictionary, Member},
    time::Time,
};
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, sync::LazyLock};

const KEYS: &str = "test:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=";

const POLICY: &str = r#"
[policy]
version = "1"
mode = "MODE"
packs = ["pack.toml"]

[[transaction]]
id = "first"
when = 'request.path == "/first"'
window = "any"
bind_body = true
why = "the policy's own come first"
"#;

const PACK: &str = r#"
[pack]
id = "shop"
version = "1"
why = "a test"

[[transaction]]
id = "first.of-pack"
when = 'request.path == "/first"'
otherwise = "block"
why = "comes too late"
accept = ["OW0095"]

[[transaction]]
id = "waiting"
when = 'request.path == "/checkout"'
window = "inside"
otherwise = "block"
mode = "shadow"
why = "not yet"

[[transaction]]
id = "checkout"
when = 'request.method == "POST" && request.path == "/checkout"'
window = "inside"
otherwise = "challenge"
bind_body = true
body_cap = "8B"
why = "money moves here"

[[transaction]]
id = "edge"
when = 'request.path == "/edge"'
window = "expiring"
otherwise = "block"
why = "the edge will do"

[[transaction]]
id = "told"
when = 'request.path == "/told"'
otherwise = "tag"
bind_body = true
body_cap = "8B"
over_cap = "unbound"
why = "the origin decides"

[[rule]]
id = "partner"
when = 'request.headers["x-partner"] == "1"'
action = "allow"
why = "a partner"

[[rule]]
id = "forbidden"
when = 'request.headers["x-forbidden"] == "1"'
action = "block"
why = "forbidden"

[[limit]]
id = "checkout"
when = 'request.path == "/checkout"'
key = ["ip"]
burst = 2
refill = "1/h"
"#;

struct Site {
    policy: Policy,
    keys: Keyring,
    store: BTreeMap<u128, Word>,
}

/// What became of a request.
#[derive(Debug, Default, PartialEq, Eq)]
struct Seen {
    verdict: Option<Verdict>,
    wanted: Option<usize>,
    reasons: Vec<String>,
    shadowed: Vec<String>,
    status: Option<u16>,
    reply: String,
    /// The member of `Outwork-Risk`.
    transaction: Option<String>,
    /// `Outwork-Risk`, from `enforced` on.
    told: Option<String>,
    /// Whether the signature covers the digest.
    covered: bool,
    digest: Vec<String>,
    removed: Vec<String>,
}

fn bundle(mode: &str) -> Vec<u8> {
    let files = BTreeMap::from([
        ("outwork.toml".to_owned(), POLICY.replace("MODE", mode).into_bytes()),
        ("pack.toml".to_owned(), PACK.as_bytes().to_vec()),
    ]);
    compile_files(&files, "outwork.toml").unwrap_or_else(|report| panic!("{}", report.render(false))).bundle
}

impl Site {
    fn new(mode: &str) -> Self {
        static BUNDLES: [(&str, LazyLock<Vec<u8>>); 4] = [
            ("enforce", LazyLock::new(|| bundle("enforce"))),
            ("shadow", LazyLock::new(|| bundle("shadow"))),
            ("told", LazyLock::new(|| bundle("shadow\"\nevidence = \"always"))),
            ("off", LazyLock::new(|| bundle("off\"\nevidence = \"always"))),
        ];
        let (_, bundle) = BUNDLES.iter().find(|(name, _)| *name == mode).unwrap();
        Self { policy: Policy::load(bundle).unwrap(), keys: Keyring::parse(KEYS).unwrap(), store: BTreeMap::new() }
    }

    fn ask(&mut self, request: &Request) -> Seen {
        self.look(request, |facts| facts)
    }

    /// The same of a request whose body was not read.
    fn ask_unread(&mut self, request: &Request) -> Seen {
        self.look(request, |facts| Facts { body: Fact::Unavailable, ..facts })
    }

    fn look(&mut self, request: &Request, change: impl for<'f> Fn(Facts<'f>) -> Facts<'f>) -> Seen {
        let now = Time::from_seconds(1_795_305_600);
        request.with_facts(now, [9; 16], |facts| {
            let facts = change(*facts);
            let mut scratch = Scratch::default();
            let assessment = self.policy.assess(&facts, &self.keys, &mut scratch);
            let mut charged: Vec<Charged> = Vec::new();
            for charge in assessment.charges() {
                let (outcome, word) = charge.step(self.store.get(&charge.key).copied().unwrap_or_default(), now);
                self.store.insert(charge.key, word);
                charged.push(outcome);
            }
            let wanted = assessment.wants_body(&charged);
            let decision = assessment.decide(&charged);
            let mut seen = Seen {
                verdict: Some(decision.verdict),
                wanted,
                reasons: decision.reasons.counted().iter().map(|reason| reason.id.into()).collect(),
                shadowed: decision.reasons.shadowed().iter().map(|&id| id.into()).collect(),
                status: decision.reply.as_ref().map(|reply| reply.status),
                reply: decision.reply.as_ref().map(|reply| reply.body.clone()).unwrap_or_default(),
                ..Seen::default()
            };
            for edit in &decision.edits {
                seen.edit(edit);
            }
            seen
        })
    }
}

impl Seen {
    fn edit(&mut self, edit: &Edit<'_>) {
        match edit {
            Edit::Remove(name) => self.removed.push(String::from_utf8_lossy(name).into_owned()),
            Edit::Append(name, value) => {
                let value = String::from_utf8(value.clone()).unwrap();
                match *name {
                    "content-digest" => self.digest.push(value),
                    "signature-input" => self.covered = value.contains("\"outwork-risk\" \"content-digest\")"),
                    "outwork-risk" => {
                        let member = value.split(", ").find_map(|member| member.strip_prefix("transaction="));
                        self.transaction = member.map(str::to_owned);
                        self.told = Some(value[value.find("enforced=").unwrap_or(value.len())..].to_owned());
                    }
                    _ => {}
                }
            }
        }
    }
}

fn post(path: &str, body: &str) -> Request {
    Request {
        method: "POST".into(),
        target: path.into(),
        body: body.into(),
        address: Fact::Known([203, 0, 113, 7].into()),
        ..Request::default()
    }
}

/// A request of a session that was opened a minute before it was observed, so many seconds ago.
fn observed(request: Request, idle: u64) -> Request {
    Request { session: Some(Visit { idle, age: Some(idle + 60), ..Visit::default() }), ..request }
}

fn with(mut request: Request, name: &str, value: &str) -> Request {
    request.headers.push((name.into(), value.into()));
    request
}

fn digest(body: &str) -> String {
    format!("sha-256=:{}:", Base64::encode_string(&Sha256::digest(body)))
}

#[test]
fn inside_its_window_a_transaction_goes_on_bound() {
    let seen = Site::new("enforce").ask(&observed(post("/checkout", "paid=1"), 0));
    assert_eq!((seen.verdict, seen.status), (Some(Verdict::Allow), None));
    assert_eq!(seen.transaction.as_deref(), Some("\"checkout\";body=bound;demand=met"));
    assert!(seen.covered);
    assert_eq!(seen.digest, [digest("paid=1")]);
    assert!(seen.reasons.is_empty() && seen.shadowed.is_empty(), "{seen:?}");
    let seen = Site::new("enforce").ask(&observed(post("/checkout", ""), 0));
    assert_eq!(seen.digest, [digest("")], "a body of nothing is bound, too");
}

#[test]
fn outside_its_window_it_is_challenged_and_who_has_passed_goes_on() {
    let mut site = Site::new("enforce");
    let seen = site.ask(&post("/checkout", "paid=1"));
    assert_eq!((seen.verdict, seen.status), (Some(Verdict::Challenge), Some(403)));
    assert!(seen.reply.contains("\"challenge\":{\"token\":"), "programs are told how to answer: {}", seen.reply);
    assert_eq!(seen.reasons, ["transaction.checkout"]);
    assert_eq!(seen.shadowed, ["transaction.waiting"], "what is in shadow stands aside");
    let cleared = Visit { observations: 0, clearance: Some(Way::Work), ..Visit::default() };
    let seen = site.ask(&Request { session: Some(cleared), ..post("/checkout", "paid=1") });
    assert_eq!((seen.verdict, seen.status), (Some(Verdict::Tag), None));
    assert_eq!(seen.reasons, ["transaction.checkout", "challenge.cleared"]);
    let told = "\"checkout\";body=bound;demand=cleared";
    assert!(seen.covered && seen.transaction.as_deref() == Some(told), "{seen:?}");
}

#[test]
fn each_demand_and_each_otherwise_does_what_it_says() {
    let mut site = Site::new("enforce");
    // The half-life is ten minutes: 15 leave less than half, 40 nearly nothing.
    for (idle, verdict) in [(0, Verdict::Allow), (900, Verdict::Allow), (2_400, Verdict::Block)] {
        assert_eq!(site.ask(&observed(post("/edge", ""), idle)).verdict, Some(verdict), "idle {idle}");
    }
    let seen = site.ask(&post("/edge", ""));
    assert_eq!((seen.verdict, seen.status), (Some(Verdict::Block), Some(403)));
    let seen = site.ask(&observed(post("/told", "paid=1"), 900));
    assert_eq!((seen.verdict, seen.reasons), (Some(Verdict::Tag), vec!["transaction.told".to_owned()]));
    assert_eq!(seen.transaction.as_deref(), Some("\"told\";body=bound;demand=unmet"));
    let seen = site.ask(&post("/first", "paid=1"));
    assert_eq!((seen.verdict, seen.transaction.as_deref()), (Some(Verdict::Allow), Some("\"first\";body=bound")));
    let seen = site.ask(&observed(post("/edge", "more"), 0));
    assert_eq!(seen.transaction.as_deref(), Some("\"edge\";body=none;demand=met"));
    assert!(!seen.covered && seen.digest.is_empty());
    assert_eq!(site.ask(&post("/other", "x")).transaction, None);
}

#[test]
fn an_exemption_lets_a_transaction_pass_and_does_not_unbind_it() {
    let mut site = Site::new("enforce");
    let partner = |body| with(post("/checkout", body), "x-partner", "1");
    let seen = site.ask(&partner("paid=1"));
    assert_eq!((seen.verdict, seen.covered), (Some(Verdict::Allow), true));
    assert_eq!(seen.transaction.as_deref(), Some("\"checkout\";body=bound;demand=exempt"));
    assert_eq!(site.ask_unread(&partner("paid=1")).wanted, Some(8));
    let seen = Site::new("enforce").ask(&partner("paid=1,000"));
    assert_eq!((seen.verdict, seen.status), (Some(Verdict::Block), Some(413)));
}

#[test]
fn over_the_cap_the_policy_decides() {
    let mut site = Site::new("enforce");
    let seen = site.ask(&observed(post("/checkout", "123456789"), 0));
    assert_eq!((seen.verdict, seen.status), (Some(Verdict::Block), Some(413)));
    assert_eq!(seen.reasons, ["transaction-body.over-cap"]);
    assert!(seen.reply.contains("\"status\":413"), "{}", seen.reply);
    let seen = site.ask(&observed(post("/told", "123456789"), 0));
    assert_eq!((seen.verdict, seen.status), (Some(Verdict::Allow), None));
    assert_eq!((seen.transaction.as_deref(), seen.covered), (Some("\"told\";body=unbound;demand=met"), false));
    assert!(seen.digest.is_empty());
    let seen = site.ask(&observed(post("/told", "12345678"), 0));
    assert_eq!(seen.transaction.as_deref(), Some("\"told\";body=bound;demand=met"), "the cap itself is within it");
}

#[test]
fn a_body_is_wanted_only_where_the_request_would_go_on() {
    let mut site = Site::new("enforce");
    let bound = || observed(post("/checkout", ""), 0);
    assert_eq!(site.ask(&bound()).wanted, None, "it is here");
    assert_eq!(site.ask_unread(&bound()).wanted, Some(8));
    let seen = site.ask_unread(&bound());
    assert_eq!((seen.wanted, seen.verdict), (None, Some(Verdict::Throttle)), "the third of two");
    for (refused, why) in [
        (post("/checkout", ""), "challenged"),
        (with(bound(), "x-forbidden", "1"), "blocked"),
        (with(bound(), "content-length", "9"), "says itself that it is too large"),
        (with(bound(), "upgrade", "websocket"), "has no end"),
        (Request { method: "CONNECT".into(), ..bound() }, "no transaction"),
        (observed(post("/edge", ""), 0), "not bound"),
        (observed(post("/other", ""), 0), "no transaction"),
    ] {
        assert_eq!(Site::new("enforce").ask_unread(&refused).wanted, None, "{why}");
    }
    for length in ["8", "0", "many", "99999999999999999999999"] {
        let wanted = Site::new("enforce").ask_unread(&with(bound(), "content-length", length)).wanted;
        assert_eq!(wanted, Some(8), "{length}");
    }
}

#[test]
fn a_policy_in_shadow_binds_nothing_and_refuses_nobody() {
    let mut site = Site::new("shadow");
    let seen = site.ask_unread(&observed(post("/checkout", "paid=1"), 0));
    assert_eq!((seen.wanted, seen.verdict, seen.status), (None, Some(Verdict::Allow), None));
    let seen = site.ask_unread(&post("/checkout", "paid=1"));
    assert_eq!((seen.verdict, seen.status), (Some(Verdict::Challenge), None));
    assert_eq!((seen.transaction, seen.digest.len()), (None, 0));
}

#[test]
fn an_origin_can_be_told_what_a_policy_in_shadow_would_do() {
    let mut site = Site::new("told");
    let seen = site.ask_unread(&post("/checkout", "paid=1"));
    assert_eq!((seen.wanted, seen.verdict, seen.status), (None, Some(Verdict::Challenge), None));
    assert_eq!(seen.transaction.as_deref(), Some("\"checkout\";body=unbound;demand=unmet"), "nothing is held back");
    assert!(seen.told.is_some_and(|told| told.starts_with("enforced=?0, bundle=\"1-")));
    let seen = Site::new("enforce").ask(&observed(post("/checkout", "paid=1"), 0));
    assert_eq!(seen.told.as_deref(), Some(""), "what is in force does not say so");
    assert_eq!(Site::new("off").ask(&post("/checkout", "paid=1")).told, None);
}

#[test]
fn a_window_that_was_just_opened_is_none_yet() {
    let aged = |age| Visit { age: Some(age), ..Visit::default() };
    for (age, verdict) in [(0, Verdict::Challenge), (2, Verdict::Challenge), (3, Verdict::Allow), (600, Verdict::Allow)]
    {
        let request = Request { session: Some(aged(age)), ..post("/checkout", "paid=1") };
        assert_eq!(Site::new("enforce").ask(&request).verdict, Some(verdict), "{age} s");
    }
    let forged = Request { session: Some(aged(0)), ..post("/told", "paid=1") };
    let seen = Site::new("enforce").ask(&forged);
    assert_eq!(seen.transaction.as_deref(), Some("\"told\";body=bound;demand=unmet"), "whatever its window says");
    let fresh = Request { session: Some(aged(0)), ..post("/first", "paid=1") };
    assert_eq!(Site::new("enforce").ask(&fresh).verdict, Some(Verdict::Allow), "nothing is demanded");
}

/// What an inbound `Content-Digest` becomes: none where it stays, else the new value; the second is whether it is refused.
#[test]
fn a_clients_own_digest_stays_where_it_is_right_and_is_refused_where_it_is_wrong() {
    let (ours, other) = (digest("paid=1"), digest("paid=2"));
    let sha512 = "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:";
    let kept = |lines: &[&str]| (lines.iter().map(|&line| line.to_owned()).collect::<Vec<_>>(), None, false);
    let new = |lines: &[&str], value: &str| {
        (lines.iter().map(|&line| line.to_owned()).collect::<Vec<_>>(), Some(value.to_owned()), false)
    };
    let wrong = |lines: &[&str]| (lines.iter().map(|&line| line.to_owned()).collect::<Vec<_>>(), None, true);
    let both = format!("{sha512}, {ours}");
    let cases = [
        kept(&[&ours]),
        kept(&[&both]),
        kept(&[&format!("{ours};note=1")]),
        new(&[], &ours),
        new(&[sha512], &both),
        new(&[sha512, &ours], &both),
        new(&[&ours, &ours], &ours),
        new(&[&format!("{ours}, {ours}")], &ours),
        new(&[&format!(" {ours}")], &ours),
        new(&["nonsense;;"], &ours),
        new(&["sha-256=1"], &ours),
        new(&["sha-256=\"x\""], &ours),
        new(&["sha-256"], &ours),
        new(&["sha-256=:AA=:"], &ours),
        new(&["md5=:AAAA:, \"broken"], &ours),
        new(&[""], &ours),
        wrong(&[&other]),
        wrong(&["sha-256=:AAAA:"]),
        wrong(&["sha-256=::"]),
        wrong(&[&ours, &other]),
        wrong(&[&other, &ours]),
        wrong(&[&format!("{ours}, {other}")]),
        wrong(&[sha512, &format!("{other};a=1")]),
    ];
    for (lines, value, refused) in cases {
        let mut request = observed(post("/checkout", "paid=1"), 0);
        request.headers.extend(lines.iter().map(|line| ("content-digest".to_owned(), line.clone().into_bytes())));
        let seen = Site::new("enforce").ask(&request);
        if refused {
            assert_eq!((seen.verdict, seen.status), (Some(Verdict::Block), Some(400)), "{lines:?}");
            assert_eq!(seen.reasons, ["transaction-body.digest"], "{lines:?}");
            continue;
        }
        assert!(seen.covered && seen.status.is_none(), "{lines:?}");
        assert_eq!(seen.digest, value.clone().into_iter().collect::<Vec<_>>(), "{lines:?}");
        let removes = seen.removed.iter().any(|name| name == "content-digest");
        assert_eq!(removes, value.is_some() && !lines.is_empty(), "{lines:?}");
    }
}

#[test]
fn no_twin_of_the_field_reaches_an_origin_that_reads_underscores_as_hyphens() {
    let request = with(observed(post("/checkout", "paid=1"), 0), "content_digest", &digest("paid=2"));
    let seen = Site::new("enforce").ask(&request);
    assert!(seen.removed.contains(&"content_digest".to_owned()) && seen.digest == [digest("paid=1")], "{seen:?}");
    let untouched = with(post("/other", "x"), "content-digest", "sha-256=:AAAA:");
    let seen = Site::new("enforce").ask(&untouched);
    assert!(seen.status.is_none() && seen.removed.is_empty() && seen.digest.is_empty(), "{seen:?}");
}

/// What a line says of SHA-256: the byte sequences that it names so.
fn stated(line: &[u8]) -> Vec<String> {
    let bytes = |member: &Member<'_>| match (member.key, member.value.item()?.bare.clone()) {
        ("sha-256", Bare::Bytes(text)) => Some(text.to_owned()),
        _ => None,
    };
    let read = Dictionary::read(line);
    read.iter().flat_map(|dictionary| &dictionary.sent).filter_map(bytes).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever a client writes, one line arrives that every reader reads alike, or the request does not.
    #[test]
    fn the_origin_gets_one_digest_and_it_is_true(
        body in "[a-c]{0,8}",
        lines in proptest::collection::vec("( ?(sha-256|sha-512|SHA-256|a)(=(:[A-D]{0,4}:|OURS|1|\"x\"|\\(1\\)))?(;p=1)?[,; ]{0,2}){0,3}|.{0,12}", 0..4),
    ) {
        let hash = Base64::encode_string(&Sha256::digest(&body));
        let lines: Vec<Vec<u8>> =
            lines.iter().map(|line| line.replace("OURS", &format!(":{hash}:")).into_bytes()).collect();
        let mut request = observed(post("/checkout", &body), 0);
        request.headers.extend(lines.iter().map(|line| ("content-digest".to_owned(), line.clone())));
        let seen = Site::new("enforce").ask(&request);
        let lies = lines.iter().flat_map(|line| stated(line)).any(|digest| digest != hash);
        prop_assert_eq!(seen.status, lies.then_some(400), "{:?}", lines);
        if !lies {
            let removed = seen.removed.iter().any(|name| name == "content-digest");
            let kept = lines.iter().filter(|_| !removed).cloned();
            let arrives: Vec<Vec<u8>> = kept.chain(seen.digest.into_iter().map(String::into_bytes)).collect();
            prop_assert_eq!(arrives.len(), 1, "{:?}", arrives);
            prop_assert_eq!(stated(&arrives[0]), [hash], "{:?}", arrives);
            prop_assert_eq!(arrives[0].trim_ascii(), arrives[0].as_slice());
            prop_assert!(seen.covered);
        }
    }
}
