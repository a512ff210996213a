//! The vectors of the drafts and of their first implementation: tests/fixtures/web-bot-auth.

use super::{
    tests::{INVALID, VERIFIED, agent, introduced_as, on, plain},
    *,
};
use crate::directories;
use alloc::{format, string::String, vec, vec::Vec};
use base64ct::{Base64UrlUnpadded, Encoding};
use named::{Header, Named};
use serde::Deserialize;

#[derive(Deserialize)]
struct Vector {
    key: serde_json::Value,
    target_url: String,
    created_ms: u64,
    signature: String,
    signature_input: String,
    signature_agent: Option<String>,
}

fn vectors() -> Vec<Vector> {
    let one = include_str!("../../../../tests/fixtures/web-bot-auth/web_bot_auth_architecture_v1.json");
    let two = include_str!("../../../../tests/fixtures/web-bot-auth/web_bot_auth_architecture_v2.json");
    [one, two].iter().flat_map(|text| serde_json::from_str::<Vec<Vector>>(text).unwrap()).collect()
}

/// Every vector of the drafts, in the second version of which signatures hold for a century.
#[test]
fn the_drafts_vectors_are_verified() {
    const AGENT: &str = "https://signature-agent.test/.well-known/http-message-signatures-directory";
    let mut ed25519 = 0;
    for vector in vectors() {
        assert_eq!(vector.target_url, "https://example.com/path/to/resource");
        let mut headers = vec![("signature-input", vector.signature_input), ("signature", vector.signature)];
        headers.extend(vector.signature_agent.clone().map(|agent| ("signature-agent", agent)));
        let mut agents = [agent(Some(AGENT), vec![])];
        if vector.key["kty"] == "OKP" {
            let mut public = [0; 32];
            Base64UrlUnpadded::decode(vector.key["x"].as_str().unwrap(), &mut public).unwrap();
            agents[0].keys.push(public);
        }
        let at = Time::from_seconds(vector.created_ms / 1_000 + 60);
        let see = |agents: &[Agent]| on(&headers, "example.com", |facts| plain(introduced(facts, agents, at)));
        if vector.key["kty"] == "OKP" {
            ed25519 += 1;
            assert_eq!(see(&agents), INVALID, "everybody has the secret of this key");
            agents[0].test_keys = true;
            assert_eq!(see(&agents), VERIFIED, "unless the policy says that it tries this out: {headers:?}");
        } else {
            let named = vector.signature_agent.map(|_| 0);
            assert_eq!(see(&agents), introduced_as(named, Outcome::Unverifiable));
        }
    }
    assert_eq!(ed25519, 4);
}

/// `Signature-Agent` as the vectors of the registry have it.
#[test]
fn the_vectors_of_names_are_read() {
    #[derive(Deserialize)]
    struct Case {
        header: String,
        entries: Vec<Entry>,
    }
    #[derive(Deserialize)]
    struct Entry {
        label: String,
        uri: String,
        r#type: String,
    }
    let text = include_str!("../../../../tests/fixtures/web-bot-auth/web_bot_auth_signature_agent_v1.json");
    let cases: Vec<Case> = serde_json::from_str(text).unwrap();
    for case in &cases {
        let input = r#"sig1=("signature-agent";key="sig1");tag="web-bot-auth""#;
        let inputs = Dictionary::read(input.as_bytes()).unwrap();
        let claim = Claim::of(&inputs.sent[0]).unwrap();
        let named = Header { text: Some(case.header.clone().into_bytes()) }.named(&claim);
        let [entry] = case.entries.as_slice() else { panic!("one entry") };
        assert_eq!(entry.label, "sig1");
        let expected = match entry.r#type.as_str() {
            "directory" => Named::Url(format!("{}{}", entry.uri, directories::WELL_KNOWN)),
            "jwks_uri" => Named::Url(entry.uri.clone()),
            _ => Named::Unread,
        };
        assert_eq!(named, Ok(expected), "{}", case.header);
    }
    assert_eq!(cases.len(), 3);
}
