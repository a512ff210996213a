mod members;

use super::*;
use crate::{
    agents::Purpose,
    directories::{self, Directories, Response},
    ranges::Ranges,
    signals::Sample,
};
use alloc::{format, string::String, vec, vec::Vec};
use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use ed25519_dalek::{Signer as _, SigningKey};
use proptest::prelude::*;

const NOW: Time = Time::from_seconds(1_795_305_600);
const DIRECTORY: &str = "https://agent.example/.well-known/http-message-signatures-directory";
const ORIGIN: &str = "https://agent.example";
pub(super) const VERIFIED: Option<Introduced> = introduced_as(Some(0), Outcome::Verified);
pub(super) const INVALID: Option<Introduced> = introduced_as(Some(0), Outcome::Invalid);
const UNVERIFIABLE: Option<Introduced> = introduced_as(Some(0), Outcome::Unverifiable);
const NOBODY: Option<Introduced> = introduced_as(None, Outcome::Unverifiable);

const REFUSED: Option<Introduced> = introduced_as(None, Outcome::Invalid);

pub(super) const fn introduced_as(agent: Option<u16>, outcome: Outcome) -> Option<Introduced> {
    Some(Introduced { agent, outcome, signature: None })
}

/// Without the bytes of the signature, which stand there where it is verified and nowhere else.
pub(super) fn plain(introduced: Option<Introduced>) -> Option<Introduced> {
    let introduced = introduced?;
    assert_eq!(introduced.signature.is_some(), introduced.outcome == Outcome::Verified);
    Some(Introduced { signature: None, ..introduced })
}

fn secret(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn public(seed: u8) -> [u8; 32] {
    secret(seed).verifying_key().to_bytes()
}

fn key_id(seed: u8) -> String {
    Base64UrlUnpadded::encode_string(&directories::thumbprint(&public(seed)))
}

pub(super) fn agent(directory: Option<&str>, keys: Vec<[u8; 32]>) -> Agent {
    Agent {
        id: "example.agent".into(),
        name: "Agent".into(),
        purpose: Purpose::Search,
        names: Vec::new(),
        networks: Ranges::default(),
        directory: directory.map(Into::into),
        keys,
        test_keys: false,
    }
}

fn fetched(url: &str, seeds: &[u8]) -> Directories {
    let keys = seeds.iter().map(|&seed| {
        format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{}"}}"#, Base64UrlUnpadded::encode_string(&public(seed)))
    });
    let body = format!(r#"{{"keys":[{}]}}"#, keys.collect::<Vec<_>>().join(","));
    let mut directories = Directories::of([url]);
    let response = Response {
        status: 200,
        content_type: b"application/http-message-signatures-directory+json",
        cache_control: b"",
        retry_after: b"",
        body: body.as_bytes(),
    };
    directories.fetched(url, &response, NOW, 0).unwrap();
    directories
}

/// A request that an agent signed, and what may be changed of it.
#[derive(Clone)]
struct Signed {
    label: &'static str,
    components: &'static str,
    parameters: String,
    agent: Option<String>,
    seed: u8,
    authority: &'static str,
}

impl Signed {
    fn new() -> Self {
        let now = NOW.seconds();
        Self {
            label: "sig1",
            components: r#""@authority" "signature-agent";key="sig1""#,
            parameters: format!(
                r#";created={};expires={};keyid="{}";alg="ed25519";tag="web-bot-auth""#,
                now - 5,
                now + 300,
                key_id(1)
            ),
            agent: Some(format!(r#"sig1="{ORIGIN}""#)),
            seed: 1,
            authority: "shop.example",
        }
    }

    fn with(self, parameter: &str, value: &str) -> Self {
        let start = self.parameters.find(&format!(";{parameter}=")).unwrap();
        let end = self.parameters[start + 1..].find(';').map_or(self.parameters.len(), |at| start + 1 + at);
        let value = if value.is_empty() { String::new() } else { format!(";{parameter}={value}") };
        let parameters = [&self.parameters[..start], &value, &self.parameters[end..]].concat();
        Self { parameters, ..self }
    }

    fn named(self, components: &'static str, agent: &str) -> Self {
        Self { components, agent: (!agent.is_empty()).then(|| agent.into()), ..self }
    }

    fn term(self, created: i64, expires: i64) -> Self {
        let now = i64::try_from(NOW.seconds()).unwrap();
        self.with("created", &format!("{}", now + created)).with("expires", &format!("{}", now + expires))
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        let input = format!("({}){}", self.components, self.parameters);
        let mut headers =
            vec![("user-agent", "Agent/1".into()), ("signature-input", format!("{}={input}", self.label))];
        headers.extend(self.agent.clone().map(|agent| ("signature-agent", agent)));
        let signature = on(&headers, self.authority, |facts| {
            let text = format!("sig={input}");
            let read = Dictionary::read(text.as_bytes()).unwrap();
            let base = httpsig::base(read.get("sig").unwrap().inner().unwrap(), facts).unwrap_or_default();
            secret(self.seed).sign(&base).to_bytes()
        });
        headers.push(("signature", format!("{}=:{}:", self.label, Base64::encode_string(&signature))));
        headers
    }

    fn seen_by(&self, agents: &[Agent], directories: Option<&Directories>) -> Option<Introduced> {
        seen(&self.headers(), self.authority, agents, directories)
    }

    /// By a policy with one agent, whose directory has key 1.
    fn seen(&self) -> Option<Introduced> {
        self.seen_by(&[agent(Some(DIRECTORY), vec![])], Some(&fetched(DIRECTORY, &[1])))
    }
}

pub(super) fn on<T>(headers: &[(&str, String)], authority: &str, work: impl FnOnce(&Facts<'_>) -> T) -> T {
    let list: Vec<(&[u8], &[u8])> = headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
    let mut facts = Sample::GET.facts(&list);
    facts.request.authority = authority.as_bytes();
    work(&facts)
}

fn seen(
    headers: &[(&'static str, String)],
    authority: &str,
    agents: &[Agent],
    directories: Option<&Directories>,
) -> Option<Introduced> {
    on(headers, authority, |facts| plain(introduced(&Facts { directories, ..*facts }, agents, NOW)))
}

#[test]
fn an_agent_whose_directory_has_the_key_is_verified() {
    assert_eq!(Signed::new().seen(), VERIFIED);
    assert_eq!(Signed::new().with("alg", "").seen(), VERIFIED, "the key says which algorithm it is");
    let over_uri = r#""@target-uri" "signature-agent";key="sig1""#;
    assert_eq!(Signed { components: over_uri, ..Signed::new() }.seen(), VERIFIED);
    assert_eq!(Signed::new().named(r#""@authority" "signature-agent""#, r#""https://agent.example""#).seen(), VERIFIED);
}

#[test]
fn without_a_claim_nothing_is_said() {
    let headers =
        |list: &[(&'static str, &str)]| list.iter().map(|(name, value)| (*name, (*value).into())).collect::<Vec<_>>();
    for list in [
        &[][..],
        &[("signature-agent", r#"sig1="https://agent.example""#)],
        &[("signature-input", r#"sig1=("@authority");tag="other""#), ("signature", "sig1=:QQ==:")],
        &[("signature-input", r#"sig1=("@authority""#), ("signature", "sig1=:QQ==:")],
        &[("signature-input", r#"sig1="web-bot-auth""#)],
        &[("signature-input", r#"sig1=();tag=web-bot-auth"#)],
    ] {
        assert_eq!(seen(&headers(list), "shop.example", &[agent(Some(DIRECTORY), vec![])], None), None, "{list:?}");
    }
}

#[test]
fn a_signature_of_something_else_is_invalid() {
    let mut headers = Signed::new().headers();
    assert_eq!(
        seen(&headers, "shop.example", &[agent(Some(DIRECTORY), vec![])], Some(&fetched(DIRECTORY, &[1]))),
        VERIFIED
    );
    let known = |headers: &[(&'static str, String)], authority: &str| {
        seen(headers, authority, &[agent(Some(DIRECTORY), vec![])], Some(&fetched(DIRECTORY, &[1])))
    };
    assert_eq!(known(&headers, "other.example"), INVALID);
    assert_eq!(Signed { seed: 2, ..Signed::new() }.seen(), INVALID, "another key signed, and says that it is this one");
    headers.pop();
    assert_eq!(known(&headers, "shop.example"), INVALID, "no signature");
    for signature in ["sig1=:QQ==:", "sig2=:QQ==:", "sig1=1", "(", "sig1=:QQ"] {
        let headers = [headers.clone(), vec![("signature", signature.into())]].concat();
        assert_eq!(known(&headers, "shop.example"), INVALID, "{signature}");
    }
}

#[test]
fn no_bit_of_a_signature_or_of_what_it_is_over_may_change() {
    let agents = [agent(Some(DIRECTORY), vec![])];
    let directories = fetched(DIRECTORY, &[1]);
    let headers = Signed::new().headers();
    let (at, signature) = (headers.len() - 1, &headers.last().unwrap().1);
    let bytes = Base64::decode_vec(&signature[6..signature.len() - 1]).unwrap();
    for bit in 0..512 {
        let mut bytes = bytes.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let mut headers = headers.clone();
        headers[at].1 = format!("sig1=:{}:", Base64::encode_string(&bytes));
        assert_eq!(seen(&headers, "shop.example", &agents, Some(&directories)), INVALID, "bit {bit}");
    }
    // The same signature with the order of the group added to its scalar: verifiers that are not strict take it.
    let mut bytes = bytes;
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut carry = 0_u16;
    for (byte, order) in bytes[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        (*byte, carry) = (sum.to_le_bytes()[0], sum >> 8);
    }
    let mut headers = headers;
    headers[at].1 = format!("sig1=:{}:", Base64::encode_string(&bytes));
    assert_eq!(seen(&headers, "shop.example", &agents, Some(&directories)), INVALID);
}

#[test]
fn a_signature_has_its_time() {
    for (created, expires, expected) in [
        (-5, 300, VERIFIED),
        (30, 300, VERIFIED),
        (31, 300, INVALID),
        (-400, -29, VERIFIED),
        (-400, -30, INVALID),
        (-10, -10, INVALID),
        (0, 86_400, VERIFIED),
        (0, 86_401, UNVERIFIABLE),
        (-5, 48 * 3_600, UNVERIFIABLE),
        (-86_400, 100, UNVERIFIABLE),
        (-172_800, -86_300, INVALID),
    ] {
        assert_eq!(Signed::new().term(created, expires).seen(), expected, "{created} {expires}");
    }
    for parameter in ["created", "expires", "keyid"] {
        assert_eq!(Signed::new().with(parameter, "").seen(), INVALID, "{parameter}");
    }
    assert_eq!(Signed::new().with("created", "1.5").seen(), INVALID);
}

#[test]
fn a_key_id_is_a_thumbprint_and_an_algorithm_what_it_is() {
    for id in [r#""""#, r#""key-1""#, r#""AAAA""#, "token"] {
        assert_eq!(Signed::new().with("keyid", id).seen(), INVALID, "{id}");
    }
    for (name, expected) in [
        (r#""hmac-sha256""#, INVALID),
        (r#""rsa-pss-sha512""#, UNVERIFIABLE),
        (r#""ecdsa-p256-sha256""#, UNVERIFIABLE),
        ("ed25519", INVALID),
    ] {
        assert_eq!(Signed::new().with("alg", name).seen(), expected, "{name}");
    }
}

#[test]
fn what_has_to_be_signed_is() {
    for (components, expected) in [
        (r#""@method" "signature-agent";key="sig1""#, INVALID),
        (r#""@authority""#, REFUSED),
        (r#""@authority" "signature-agent""#, VERIFIED),
        (r#""@authority" "signature-agent";key="sig2""#, REFUSED),
        (r#""@authority";req "signature-agent";key="sig1""#, INVALID),
        (r#""@authority" "user-agent" "@method" "@path" "signature-agent";key="sig1""#, VERIFIED),
        (r#""@authority" "missing" "signature-agent";key="sig1""#, INVALID),
        (r#""@authority" "user-agent";sf "signature-agent";key="sig1""#, UNVERIFIABLE),
    ] {
        assert_eq!(Signed { components, ..Signed::new() }.seen(), expected, "{components}");
    }
}

#[test]
fn a_member_is_named_by_its_label_or_by_being_signed() {
    let both = r#"sig1="https://agent.example", other="https://other.example""#;
    let own = r#""@authority" "signature-agent";key="sig1""#;
    for (components, expected) in [
        (own, VERIFIED),
        (r#""@authority" "signature-agent";key="sig1" "signature-agent";key="other""#, VERIFIED),
        (r#""@authority" "signature-agent";key="other""#, NOBODY),
    ] {
        assert_eq!(Signed::new().named(components, both).seen(), expected, "{components}");
    }
    let relabelled = Signed { label: "proxy", ..Signed::new() };
    assert_eq!(relabelled.seen(), VERIFIED, "an intermediary may give a signature another label");
    let two = r#""@authority" "signature-agent";key="sig1" "signature-agent";key="other""#;
    let named = Signed { label: "proxy", ..Signed::new() }.named(two, both).seen();
    assert_eq!(named, REFUSED, "but not where it is over several members");
}

#[test]
fn who_is_not_in_the_policy_is_unverifiable() {
    let own = r#""@authority" "signature-agent";key="sig1""#;
    for (value, expected) in [
        (r#"sig1="https://agent.example""#, VERIFIED),
        (r#"sig1="https://AGENT.example:443/""#, VERIFIED),
        (r#"sig1="https://agent.example";type=directory"#, VERIFIED),
        (r#"sig1="https://other.example""#, NOBODY),
        (r#"sig1="https://agent.example.evil.test""#, NOBODY),
        (r#"sig1="https://agent.example";type=cimd"#, NOBODY),
        (r#"sig1="https://agent.example";type=new"#, NOBODY),
        (r#"sig1="https://agent.example";type="directory""#, NOBODY),
        (r#"sig1="https://agent.example";type=jwks_uri"#, NOBODY),
        (r#"sig1="https://agent.example/keys.json""#, NOBODY),
        (r#"sig1="http://agent.example""#, NOBODY),
        (r#"sig1="https://127.0.0.1""#, NOBODY),
        (r#"sig1=token"#, NOBODY),
    ] {
        assert_eq!(Signed::new().named(own, value).seen(), expected, "{value}");
    }
    let inner = Signed::new().named(own, r#"sig1=("https://agent.example")"#).seen();
    assert_eq!(inner, REFUSED, "a list names nobody");
}

#[test]
fn a_jwk_set_anywhere_is_named_by_its_url() {
    const SET: &str = "https://agent.example/keys.json";
    let own = r#""@authority" "signature-agent";key="sig1""#;
    let agents = [agent(Some(SET), vec![])];
    let directories = fetched(SET, &[1]);
    for (value, expected) in [
        (r#"sig1="https://agent.example/keys.json";type=jwks_uri"#, VERIFIED),
        (r#"sig1="https://agent.example/keys.json""#, NOBODY),
        (r#"sig1="https://agent.example";type=jwks_uri"#, NOBODY),
        (r#"sig1="https://agent.example""#, NOBODY),
    ] {
        assert_eq!(Signed::new().named(own, value).seen_by(&agents, Some(&directories)), expected, "{value}");
    }
}

#[test]
fn without_its_key_a_signature_says_nothing() {
    let agents = [agent(Some(DIRECTORY), vec![])];
    let signed = Signed::new();
    assert_eq!(signed.seen_by(&agents, None), UNVERIFIABLE);
    assert_eq!(signed.seen_by(&agents, Some(&Directories::of([DIRECTORY]))), UNVERIFIABLE, "it has not answered yet");
    assert_eq!(signed.seen_by(&agents, Some(&fetched(DIRECTORY, &[]))), UNVERIFIABLE);
    assert_eq!(signed.seen_by(&agents, Some(&fetched(DIRECTORY, &[2]))), UNVERIFIABLE, "it has others");
    assert_eq!(signed.seen_by(&agents, Some(&fetched(DIRECTORY, &[2, 1]))), VERIFIED);
    assert_eq!(signed.seen_by(&[], Some(&fetched(DIRECTORY, &[1]))), NOBODY);
}

#[test]
fn a_key_is_its_own_directorys() {
    const OTHER: &str = "https://other.example/.well-known/http-message-signatures-directory";
    let agents = [agent(Some(DIRECTORY), vec![]), agent(Some(OTHER), vec![])];
    let mut directories = Directories::of([DIRECTORY, OTHER]);
    directories.adopt(fetched(OTHER, &[1]));
    directories.adopt(fetched(DIRECTORY, &[2]));
    // Key 1 is the other's; that it signs does not make it this one's.
    assert_eq!(Signed::new().seen_by(&agents, Some(&directories)), UNVERIFIABLE);
}

#[test]
fn a_key_that_the_policy_brings_needs_no_directory() {
    let pinned = [agent(None, vec![public(9)]), agent(None, vec![public(1)])];
    let second = |outcome| introduced_as(Some(1), outcome);
    let bare = Signed::new().named(r#""@authority""#, "");
    assert_eq!(bare.seen_by(&pinned, None), second(Outcome::Verified));
    assert_eq!(Signed { seed: 3, ..bare.clone() }.seen_by(&pinned, None), second(Outcome::Invalid));
    assert_eq!(bare.seen(), NOBODY, "a directory's key is found by its URL alone");
    assert_eq!(Signed::new().seen_by(&[agent(Some(DIRECTORY), vec![public(1)])], None), VERIFIED);
}

#[test]
fn a_signature_is_the_same_under_another_label() {
    let bytes = |signed: &Signed| {
        let seen = |facts: &Facts<'_>| introduced(facts, &[agent(None, vec![public(1)])], NOW);
        on(&signed.headers(), signed.authority, seen)?.signature
    };
    let bare = Signed::new().named(r#""@authority""#, "");
    let first = bytes(&bare);
    assert!(first.is_some());
    assert_eq!(bytes(&Signed { label: "other", ..bare.clone() }), first);
    assert_ne!(bytes(&bare.clone().term(-4, 300)), first);
    assert_eq!(bytes(&Signed { seed: 2, ..bare }), None, "one that does not hold is none");
}

#[test]
fn what_is_asked_for_is_what_is_verified() {
    let wanted = Dictionary::read(WANTED.as_bytes()).unwrap();
    let [member] = wanted.sent.as_slice() else { panic!("one signature") };
    let claim = Claim::of(member).unwrap();
    let asked: Vec<_> = claim.input.parameters.sent().map(|(key, _)| key).collect();
    assert_eq!((claim.label, asked.as_slice()), ("sig1", ["created", "expires", "tag"].as_slice()));
    for agent in [r#"sig1="https://agent.example""#, r#""https://agent.example""#] {
        let signed = Signed::new().named(r#""@authority" "signature-agent""#, agent);
        assert!(WANTED.starts_with(&format!("{}=({})", signed.label, signed.components)));
        assert_eq!(signed.seen(), VERIFIED, "{agent}");
    }
}

#[test]
fn a_key_is_good_within_its_term() {
    let with = |more: &str| {
        let x = Base64UrlUnpadded::encode_string(&public(1));
        let body = format!(r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519","x":"{x}",{more}}}]}}"#);
        let mut directories = Directories::of([DIRECTORY]);
        let response = Response {
            status: 200,
            content_type: b"application/http-message-signatures-directory+json",
            cache_control: b"",
            retry_after: b"",
            body: body.as_bytes(),
        };
        directories.fetched(DIRECTORY, &response, NOW, 0).unwrap();
        Signed::new().seen_by(&[agent(Some(DIRECTORY), vec![])], Some(&directories))
    };
    let now = NOW.seconds();
    assert_eq!(with(&format!(r#""nbf":{now},"exp":{}"#, now + 1)), VERIFIED);
    assert_eq!(with(&format!(r#""exp":{now}"#)), UNVERIFIABLE);
    assert_eq!(with(&format!(r#""nbf":{}"#, now + 1)), UNVERIFIABLE);
}

#[test]
fn of_several_signatures_the_one_that_holds_counts() {
    let merged = |parts: &[Signed]| {
        let mut headers: Vec<(&'static str, String)> = Vec::new();
        for (name, value) in parts.iter().flat_map(Signed::headers).filter(|(name, _)| *name != "user-agent") {
            match headers.iter_mut().find(|(known, _)| *known == name) {
                Some((_, all)) => *all = format!("{all}, {value}"),
                None => headers.push((name, value)),
            }
        }
        seen(&headers, "shop.example", &[agent(Some(DIRECTORY), vec![])], Some(&fetched(DIRECTORY, &[1])))
    };
    let own = Signed::new();
    let stranger = Signed { label: "b", seed: 7, ..Signed::new() }
        .named(r#""@authority" "signature-agent";key="b""#, r#"b="https://other.example""#)
        .with("keyid", &format!("\"{}\"", key_id(7)));
    let stale = Signed { label: "c", ..Signed::new() }
        .named(r#""@authority" "signature-agent";key="c""#, r#"c="https://agent.example""#)
        .term(-900, -600);
    assert_eq!(merged(&[stranger.clone(), stale.clone(), own.clone()]), VERIFIED);
    assert_eq!(merged(&[stranger.clone(), stale.clone()]), INVALID);
    assert_eq!(merged(core::slice::from_ref(&stranger)), NOBODY);
    let crowd: Vec<Signed> = ["b", "b1", "b2", "b3"].map(|label| Signed { label, ..stranger.clone() }).into();
    assert_eq!(merged(&[crowd, vec![own]].concat()), NOBODY, "four are looked at");
}

#[test]
fn what_is_too_long_is_not_read() {
    let mut headers = Signed::new().headers();
    headers.push(("signature-input", format!(r#"x=("{}")"#, "a".repeat(LONGEST))));
    assert_eq!(
        seen(&headers, "shop.example", &[agent(Some(DIRECTORY), vec![])], Some(&fetched(DIRECTORY, &[1]))),
        NOBODY
    );
}

proptest! {
    #[test]
    fn any_headers_are_looked_at(
        input in "sig1=\\(([a-z;= @\"-]|\"signature-agent\";key=\"sig1\"|\"@authority\"| ){0,12}\\)(;created=1795305600|;expires=1795305700|;tag=\"web-bot-auth\"|;keyid=\"[A-Za-z]{43}\"){0,6}",
        name in "(sig1=)?\"https://[a-z.]{0,12}\"(;type=[a-z_]{3,9})?",
        signature: Vec<u8>,
    ) {
        let headers = vec![
            ("signature-input", input),
            ("signature-agent", name),
            ("signature", format!("sig1=:{}:", Base64::encode_string(&signature))),
        ];
        let introduced = seen(&headers, "shop.example", &[agent(Some(DIRECTORY), vec![])], Some(&fetched(DIRECTORY, &[1])));
        prop_assert!(introduced.is_none_or(|introduced| introduced.outcome != Outcome::Verified));
    }
}
