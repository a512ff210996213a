//! What a challenged client is answered: a page for who looks at one, problem+json for all others.

use crate::{
    assets::PREFIX,
    challenge::{self, Client, LIFETIME, Page},
    decision::{Counted, Id, PROBLEM, Reply, Subject, limit_headers, push_number, violated},
    facts::Facts,
    identity,
    keys::Keyring,
    policy::Settings,
    risk::Band,
    signals::Scene,
};
use alloc::{string::String, vec::Vec};

/// What a challenge is made of.
pub(super) struct Challenged<'a> {
    pub(super) settings: &'a Settings,
    pub(super) facts: &'a Facts<'a>,
    pub(super) keys: &'a Keyring,
    pub(super) band: Band,
    pub(super) subject: Subject,
    /// The limits that were charged, where one of them refuses the request.
    pub(super) counted: &'a [Counted<'a>],
}

impl Challenged<'_> {
    /// The answer. The challenge's random bytes are those that the reference and the nonce are made of: a challenge has to
    /// be new, not secret.
    pub(super) fn reply(&self) -> Reply {
        let (facts, terms) = (self.facts, &self.settings.challenge);
        let target = challenge::return_to(&facts.request);
        let network = facts.connection.address.map(identity::client_prefix).known();
        let device = Scene::new(facts).fingerprint();
        let client = Client { device, network, authority: facts.request.authority };
        let text = challenge::issue(self.keys, terms, self.band, &client, target, facts.entropy, facts.now);
        let id = Id::new(&facts.entropy);
        if !shows_page(facts) {
            return self.json(self.problem(&text, id));
        }
        let page = Page {
            why: self.subject.doubt(),
            challenge: &text,
            bits: terms.bits(self.band),
            wait: terms.wait(self.band),
            target,
            reference: id.as_str(),
            observe: terms.observe,
            contact: self.settings.contact.as_deref(),
        };
        let mut headers = Vec::from([
            ("content-type", "text/html; charset=utf-8".into()),
            ("cache-control", "no-store".into()),
            ("content-security-policy", challenge::POLICY.into()),
            ("x-content-type-options", "nosniff".into()),
        ]);
        self.tell_limits(&mut headers);
        Reply { status: 403, headers, body: challenge::page(&page) }
    }

    fn problem(&self, text: &str, id: Id) -> String {
        let mut body =
            ["{\"type\":\"", PREFIX, "challenge\",\"title\":\"Proof of work needed\",\"status\":403"].concat();
        body.push_str(&[",\"detail\":\"", self.subject.doubt(), "\",\"reference\":\"", id.as_str()].concat());
        body.push_str(&["\",\"challenge\":{\"token\":\"", text, "\",\"algorithm\":\"", ALGORITHM].concat());
        body.push_str("\",\"bits\":");
        push_number(&mut body, u64::from(self.settings.challenge.bits(self.band)));
        body.push_str(&[",\"answer_to\":\"", PREFIX, "challenge\",\"expires_in\":"].concat());
        push_number(&mut body, LIFETIME);
        body.push('}');
        body.push_str(&violated(self.counted));
        if let Some(contact) = &self.settings.contact {
            body.push_str(&[",\"contact\":\"", contact, "\""].concat());
        }
        body.push('}');
        body
    }

    fn json(&self, body: String) -> Reply {
        let mut headers = Vec::from([("content-type", PROBLEM.into()), ("cache-control", "no-store".into())]);
        self.tell_limits(&mut headers);
        Reply { status: 403, headers, body }
    }

    /// Without `Retry-After`: who passes the challenge need not wait.
    fn tell_limits(&self, headers: &mut Vec<(&'static str, String)>) {
        if !self.counted.is_empty() {
            headers.extend(limit_headers(self.counted));
        }
    }
}

/// SHA-256 of the token, a colon and a decimal counter begins with so many zero bits.
const ALGORITHM: &str = "sha256-leading-zero-bits";

/// Whether somebody looks at the answer: a navigation, or what asks for HTML and does not say what it is. What a script
/// fetches is never shown, whatever it asks for.
fn shows_page(facts: &Facts<'_>) -> bool {
    let header = |name: &[u8]| facts.headers.list.iter().find(|(known, _)| *known == name).map(|&(_, value)| value);
    match header(b"sec-fetch-mode") {
        Some(mode) => mode == b"navigate",
        None => super::assessment::wants_html(facts),
    }
}
