//! What a policy makes of agents: who is excused, who is an impostor, what each may ask for, and what the origin is told.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

use outwork_compiler::{Request, compile_files};
use outwork_engine::{
    agents::{Proof, signature::WANTED},
    decision::{Edit, Verdict},
    fact::Fact,
    keys::Keyring,
    limits::{Charged, Word},
    policy::Policy,
    rules::Scratch,
    time::Time,
};
use std::collections::BTreeMap;

const POLICY: &str = "[policy]\nversion = \"1\"\nmode = \"enforce\"\npacks = [\"pack.toml\"]\nlab = true\n";

/// RFC 9421, B.1.4.
const JWKS: &str =
    r#"{"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs"}]}"#;

const PACK: &str = r#"
[pack]
id = "mine"
version = "1"
why = "a test"

[lists.finder]
cidr = ["198.51.100.0/24"]

[lists.cluster]
cidr = ["10.1.0.0/16"]

[lists.other]
cidr = ["192.0.2.0/24"]

[[agent]]
id = "finder.search"
name = "FinderBot"
purpose = "search"
names = ["finderbot"]
networks = ["finder"]
why = "a test"

[[agent]]
id = "other.search"
name = "OtherBot"
purpose = "other"
names = ["other-crawler-of-long-name"]
networks = ["other"]
why = "a test"

[[agent]]
id = "cluster.probe"
name = "Probe"
purpose = "monitoring"
names = ["blackbox-probe"]
networks = ["cluster"]
why = "a test"

[[agent]]
id = "helper.user"
name = "Helper"
purpose = "user"
keys = "helper.jwks"
test_keys = true
why = "a test"

[[rule]]
id = "site.gate"
when = 'request.path != "/open"'
action = "challenge"
why = "everybody is asked"

[[rule]]
id = "site.closed"
when = 'request.path == "/closed"'
action = "block"
why = "closed"

[[rule]]
id = "agent.excused"
when = 'agent.purpose in ["search", "user", "monitoring"]'
action = "excuse"
why = "cannot answer"

[[rule]]
id = "finder.impostor"
when = 'agent.claimed.matches("(^| )finder[.]") && agent.network == "invalid"'
action = "block"
why = "is none"

[[rule]]
id = "signed.unverifiable"
when = 'agent.signature == "unverifiable"'
score = 1
why = "to be seen"

[[transaction]]
id = "pay"
when = 'request.path == "/pay"'
why = "money moves"

[[limit]]
id = "by.signature"
when = 'request.path == "/often"'
key = ["signature"]
burst = 2
refill = "1/h"

[[limit]]
id = "by.agent"
when = 'request.path == "/open"'
key = ["agent"]
burst = 2
refill = "1/h"
"#;

struct Site {
    policy: Policy,
    keys: Keyring,
    store: BTreeMap<u128, Word>,
}

#[derive(Debug, PartialEq, Eq)]
struct Seen {
    verdict: Verdict,
    reasons: Vec<String>,
    agent: Option<(String, Proof)>,
    risk_field: Option<String>,
    charges: usize,
    /// What the answer asks to be signed.
    asked: Option<String>,
}

impl Site {
    fn new() -> Self {
        Self::of(PACK)
    }

    fn of(pack: &str) -> Self {
        let files = BTreeMap::from([
            ("outwork.toml".to_owned(), POLICY.into()),
            ("pack.toml".to_owned(), pack.into()),
            ("helper.jwks".to_owned(), JWKS.into()),
        ]);
        let compiled =
            compile_files(&files, "outwork.toml").unwrap_or_else(|report| panic!("{}", report.render(false)));
        assert!(compiled.warnings.is_empty(), "{}", compiled.warnings.render(false));
        let keys = Keyring::parse("test:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=").unwrap();
        Self { policy: Policy::load(&compiled.bundle).unwrap(), keys, store: BTreeMap::new() }
    }

    fn ask(&mut self, target: &str, address: &str, headers: &[(&str, &str)]) -> Seen {
        let request = Request {
            target: target.into(),
            address: address.parse().map_or(Fact::Unavailable, Fact::Known),
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect(),
            ..Request::default()
        };
        // Within the term of the signature below.
        let now = Time::from_seconds(1_795_305_700);
        request.with_facts(now, [7; 16], |facts| {
            let assessment = self.policy.assess(facts, &self.keys, &mut Scratch::default());
            let step = |charge: &outwork_engine::limits::Charge| {
                let word = self.store.entry(charge.key).or_default();
                let (charged, next) = charge.step(*word, facts.now);
                *word = next;
                charged
            };
            let charged: Vec<Charged> = assessment.charges().iter().map(step).collect();
            let charges = charged.len();
            let decision = assessment.decide(&charged);
            let field = decision.edits.iter().find_map(|edit| match edit {
                Edit::Append("outwork-risk", value) => Some(String::from_utf8(value.clone()).unwrap()),
                _ => None,
            });
            let reply = decision.reply.as_ref().map(|reply| reply.headers.as_slice()).unwrap_or_default();
            let asked = reply.iter().find(|(name, _)| *name == "accept-signature").map(|(_, value)| value.clone());
            Seen {
                asked,
                verdict: decision.verdict,
                reasons: decision.reasons.counted().iter().map(|reason| reason.id.to_owned()).collect(),
                agent: decision.agent.map(|verified| (verified.agent.id.clone(), verified.by)),
                risk_field: field,
                charges,
            }
        })
    }
}

const FINDER: &[(&str, &str)] = &[("user-agent", "Mozilla/5.0 (compatible; FinderBot/1.0)")];
const BROWSER: &[(&str, &str)] = &[("user-agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/150.0")];
const INPUT: &str = "sig1=(\"@authority\");created=1795305600;expires=1795309200;keyid=\"poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U\";tag=\"web-bot-auth\"";
const SIGNED: &[(&str, &str)] = &[
    ("user-agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/150.0"),
    ("signature-input", INPUT),
    ("signature", "sig1=:MwyJsB88UwkYcCDvIPe5ebKKem9TBlR481XUCbjoxCj+FzDQof5ezrUBJfD1o9sWuoJdv+AMCOTzkdwJeA+yBQ==:"),
];

#[test]
fn who_is_proven_is_excused_and_nobody_else() {
    let mut site = Site::new();
    let proven = site.ask("/", "198.51.100.7", FINDER);
    assert_eq!(proven.verdict, Verdict::Tag);
    assert_eq!(proven.reasons, ["site.gate", "challenge.excused", "agent.excused"]);
    assert_eq!(proven.agent, Some(("finder.search".into(), Proof::Network)));
    assert!(proven.risk_field.unwrap().contains(", agent=\"finder.search\", bundle="));
    let person = site.ask("/", "198.51.100.7", BROWSER);
    assert_eq!((person.verdict, person.agent, person.risk_field), (Verdict::Challenge, None, None));
    let unseen = site.ask("/", "unknown", FINDER);
    assert_eq!((unseen.verdict, unseen.agent), (Verdict::Challenge, None), "without an address nothing is proven");
}

#[test]
fn blocks_and_what_transactions_demand_stay() {
    let mut site = Site::new();
    assert_eq!(site.ask("/closed", "198.51.100.7", FINDER).verdict, Verdict::Block);
    let paying = site.ask("/pay", "198.51.100.7", FINDER);
    assert_eq!(paying.verdict, Verdict::Challenge, "an agent does not pay: {paying:?}");
}

#[test]
fn one_name_more_hides_no_impostor() {
    let mut site = Site::new();
    let plain = site.ask("/", "203.0.113.7", FINDER);
    assert_eq!((plain.verdict, plain.agent), (Verdict::Block, None));
    for user_agent in [
        "FinderBot/1.0 other-crawler-of-long-name",
        "other-crawler-of-long-name FINDERBOT",
        "finderbot blackbox-probe other-crawler-of-long-name",
    ] {
        let seen = site.ask("/", "203.0.113.7", &[("user-agent", user_agent)]);
        assert!(seen.reasons.contains(&"finder.impostor".to_owned()), "{user_agent}: {seen:?}");
    }
    let honest = site.ask("/", "192.0.2.1", &[("user-agent", "finderbot other-crawler-of-long-name")]);
    assert_eq!(honest.agent, Some(("other.search".into(), Proof::Network)), "who is proven by one name is that one");
}

#[test]
fn a_private_network_proves_only_the_agents_that_have_it() {
    let mut site = Site::new();
    let probe = site.ask("/", "10.1.2.3", &[("user-agent", "Blackbox-Probe/1")]);
    assert_eq!(probe.agent, Some(("cluster.probe".into(), Proof::Network)));
    let finder = site.ask("/", "10.1.2.3", FINDER);
    assert_eq!((finder.verdict, finder.agent), (Verdict::Challenge, None), "neither proven nor an impostor");
}

#[test]
fn a_signature_proves_who_has_no_name() {
    let mut site = Site::new();
    let signed = site.ask("/", "203.0.113.7", SIGNED);
    assert_eq!((signed.verdict, signed.agent), (Verdict::Tag, Some(("helper.user".into(), Proof::Signature))));
    let both = site.ask("/", "198.51.100.7", &[FINDER, &SIGNED[1..]].concat());
    assert_eq!(both.agent, Some(("helper.user".into(), Proof::Signature)), "a signature outweighs an address");
}

#[test]
fn a_signature_that_cannot_be_verified_changes_nothing_but_that_it_is_seen() {
    let mut site = Site::new();
    let stranger = [
        ("signature-agent", "sig1=\"https://stranger.example\""),
        (
            "signature-input",
            "sig1=(\"@authority\" \"signature-agent\";key=\"sig1\");created=1795305600;expires=1795309200;keyid=\"poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U\";tag=\"web-bot-auth\"",
        ),
        SIGNED[2],
    ];
    let seen = site.ask("/open", "203.0.113.7", &[BROWSER, &stranger].concat());
    assert_eq!((seen.verdict, seen.agent, seen.charges), (Verdict::Allow, None, 0));
    assert_eq!(seen.reasons, ["signed.unverifiable"]);
    let gated = site.ask("/", "203.0.113.7", &[BROWSER, &stranger].concat());
    assert_eq!(gated.verdict, Verdict::Challenge, "and nobody is excused for it");
}

#[test]
fn an_agent_has_one_bucket_wherever_it_comes_from_and_others_none() {
    let mut site = Site::new();
    let verdicts = ["198.51.100.7", "198.51.100.8", "198.51.100.9"].map(|from| site.ask("/open", from, FINDER).verdict);
    assert_eq!(verdicts, [Verdict::Allow, Verdict::Allow, Verdict::Throttle]);
    assert_eq!(site.ask("/open", "203.0.113.7", SIGNED).verdict, Verdict::Allow, "another agent has another bucket");
    for _ in 0..3 {
        let person = site.ask("/open", "198.51.100.7", BROWSER);
        assert_eq!((person.verdict, person.charges), (Verdict::Allow, 0));
    }
}

/// The same agent's signature of the same request two minutes later.
const LATER: &str = "sig1=(\"@authority\");created=1795305660;expires=1795309200;keyid=\"poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U\";tag=\"web-bot-auth\"";

#[test]
fn one_signature_is_good_for_so_many_requests_from_wherever_they_come() {
    let mut site = Site::new();
    let verdicts = ["203.0.113.7", "203.0.113.8", "198.51.100.9"].map(|from| {
        let seen = site.ask("/often", from, SIGNED);
        (seen.reasons.contains(&"by.signature".to_owned()), seen.charges)
    });
    assert_eq!(verdicts, [(false, 1), (false, 1), (true, 1)]);
    let spent = site.ask("/often", "203.0.113.7", SIGNED);
    assert_eq!(spent.asked.as_deref(), Some(WANTED), "another is asked for");
    let forged = [("user-agent", "x"), ("signature-input", LATER), SIGNED[2]];
    assert_eq!(site.ask("/often", "203.0.113.7", &forged).charges, 0, "one that does not hold has no bucket");
    assert_eq!(site.ask("/often", "203.0.113.7", BROWSER).charges, 0);
    assert_eq!(site.ask("/often", "198.51.100.7", FINDER).charges, 0, "nor has an agent that is known by its address");
}

#[test]
fn who_is_no_person_is_asked_to_sign() {
    let mut site = Site::new();
    let page = [BROWSER, &[("accept", "text/html")]].concat();
    let mut asked = |target: &str, headers: &[(&str, &str)]| {
        let seen = site.ask(target, "203.0.113.7", headers);
        (seen.verdict, seen.asked)
    };
    let wanted = || Some(WANTED.to_owned());
    assert_eq!(asked("/", BROWSER), (Verdict::Challenge, wanted()));
    assert_eq!(asked("/closed", BROWSER), (Verdict::Block, wanted()));
    assert_eq!(asked("/closed", &page), (Verdict::Block, None), "a page is for people");
    assert_eq!(asked("/", &page), (Verdict::Challenge, None));
    assert_eq!(asked("/closed", SIGNED), (Verdict::Block, None), "it has signed, and is refused all the same");
    assert_eq!(asked("/open", BROWSER), (Verdict::Allow, None), "nobody who is let in is asked for anything");
}

#[test]
fn where_nobody_signs_nobody_is_asked_to() {
    let unsigned =
        PACK.replace("keys = \"helper.jwks\"\ntest_keys = true\n", "names = [\"helperbot\"]\nnetworks = [\"other\"]\n");
    assert_ne!(unsigned, PACK);
    let mut site = Site::of(&unsigned);
    let seen = site.ask("/closed", "203.0.113.7", BROWSER);
    assert_eq!((seen.verdict, seen.asked), (Verdict::Block, None));
}
