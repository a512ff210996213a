//! A policy that says much, and what arrives at the origin once it has decided.

use crate::{
    dice::Dice,
    message::{Message, Told, latin1},
};
use outwork_compiler::compile_files;
use outwork_engine::{
    decision::{Decision, Edit},
    fact::Fact,
    facts::{Connection, Facts, Headers, Protocol, Request, Seen, Session},
    keys::Keyring,
    policy::Policy,
    rules::Scratch,
    time::Time,
    window::Window,
};
use std::{collections::BTreeMap, fmt::Write};

const ENTRY: &str = "[policy]\nversion = \"2026.11.22\"\nmode = \"enforce\"\npacks = [\"pack.toml\"]\n";

const TRANSACTIONS: &str = r#"
[[transaction]]
id = "checkout"
when = 'request.path.startsWith("/checkout")'
window = "any"
bind_body = true
body_cap = "1KiB"
over_cap = "unbound"
why = "money moves"

[[transaction]]
id = "refund"
when = 'request.path == "/refund"'
window = "any"
why = "money moves back"

[[transaction]]
id = "transfer"
when = 'request.path == "/transfer"'
window = "inside"
observed = "0s"
otherwise = "tag"
why = "money moves away"
"#;

/// Twelve rules, each with its points and a long id; the query asks for them.
pub(crate) fn policy() -> Policy {
    in_mode("enforce")
}

/// The same, which tells its origin what it would do.
pub(crate) fn shadow() -> Policy {
    in_mode("shadow\"\nevidence = \"always")
}

fn in_mode(mode: &str) -> Policy {
    let mut pack = "[pack]\nid = \"asked\"\nversion = \"1\"\nwhy = \"to say much\"\n".to_owned();
    for number in 0..12 {
        let (layer, score) = (["device", "behaviour", "context"][number % 3], 10 + number * 5);
        let id = format!("a-rule.with-a-name.that-is-long.number-{number}");
        let when = format!("request.query.contains(\"r{number}.\")");
        write!(
            pack,
            "\n[[rule]]\nid = \"{id}\"\nwhen = '{when}'\nscore = {score}\nlayer = \"{layer}\"\nwhy = \"asked for\"\n"
        )
        .unwrap();
    }
    pack += TRANSACTIONS;
    let entry = ENTRY.replace("enforce", mode);
    let files = [("outwork.toml", &entry), ("pack.toml", &pack)];
    let files: BTreeMap<_, _> = files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).into();
    let compiled = compile_files(&files, "outwork.toml").map_err(|report| report.render(false)).unwrap();
    Policy::load(&compiled.bundle).unwrap()
}

/// What a client sent, and what the edge knows of it.
pub(crate) struct Sent {
    pub(crate) message: Message,
    pub(crate) now: u64,
    pub(crate) entropy: [u8; 16],
    pub(crate) keys: &'static str,
    pub(crate) observed: bool,
    pub(crate) collected: bool,
}

impl Sent {
    pub(crate) fn new(message: Message, now: u64, dice: &mut Dice) -> Self {
        Self { message, now, entropy: dice.bytes(), keys: crate::signer::KEYS, observed: false, collected: true }
    }

    /// What arrives at the origin, and what it is to be told.
    pub(crate) fn through(&self, policy: &Policy) -> (Message, Told) {
        let lines: Vec<(Vec<u8>, Vec<u8>)> = self
            .message
            .headers
            .iter()
            .map(|(name, value)| (crate::message::bytes(name), crate::message::bytes(value)))
            .collect();
        let list: Vec<(&[u8], &[u8])> = lines.iter().map(|(name, value)| (name.as_slice(), value.as_slice())).collect();
        let target = crate::message::bytes(&self.message.target);
        let now = Time::from_seconds(self.now);
        let window = Window { sure: 1_000, observed: Some(now), ..Window::new([1; 16], now) };
        let facts = Facts {
            now,
            entropy: self.entropy,
            request: Request {
                method: self.message.method.as_bytes(),
                scheme: self.message.scheme.as_bytes(),
                authority: self.message.authority.as_bytes(),
                target: &target,
                protocol: Fact::Known(Protocol::Http2),
                pseudo_order: Fact::Unavailable,
            },
            headers: Headers { list: &list, ordered: true },
            seen: Seen::ALL,
            connection: Connection { address: Fact::Known([203, 0, 113, 7].into()), ..Connection::UNAVAILABLE },
            session: if self.observed { Session::Window(&window, None) } else { Session::Cookie },
            body: if self.collected { Fact::Known(&self.message.body) } else { Fact::Unavailable },
            directories: None,
        };
        let keys = Keyring::parse(self.keys).unwrap();
        let decision = policy.assess(&facts, &keys, &mut Scratch::default()).decide(&[]);
        (arrive(&self.message, &decision), told(&decision))
    }
}

fn arrive(sent: &Message, decision: &Decision<'_>) -> Message {
    let mut message = sent.clone();
    for edit in &decision.edits {
        match edit {
            Edit::Remove(name) => message.remove(&latin1(name)),
            Edit::Append(name, value) => message.push(name, &latin1(value)),
        }
    }
    message
}

fn told(decision: &Decision<'_>) -> Told {
    Told {
        risk: decision.risk.total,
        band: decision.band.name().into(),
        verdict: decision.verdict.name().into(),
        device: decision.risk.device,
        behaviour: decision.risk.behaviour,
        context: decision.risk.context,
        window: decision.window.name().into(),
        confidence: f64::from(decision.risk.confidence) / 1_000.0,
        reasons: decision.reasons.counted().iter().map(|reason| reason.id.into()).collect(),
        agent: None,
        bundle: decision.bundle.into(),
        id: decision.id.as_str().into(),
        transaction: decision.transaction.as_ref().map(|carried| carried.id.into()),
        body: decision.transaction.as_ref().map_or("none", |carried| carried.body.name()),
        demand: decision.transaction.as_ref().and_then(|carried| carried.demand).map_or("none", |demand| demand.name()),
        enforced: decision.enforced,
    }
}
