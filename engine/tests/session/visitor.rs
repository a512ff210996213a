//! A browser, and the edge that it talks to.

use crate::common;
use base64ct::{Base64UrlUnpadded, Encoding};
use outwork_engine::{
    beacon::{Batch, Event, Kind},
    decision::Reply,
    endpoint::{Plan, plan},
    facts::Facts,
    keys::Keyring,
    limits::Word,
    memo::{Memo, Remembered},
    policy::Policy,
    rules::Scratch,
    signals::{SIGNALS, Scene, Value, by_name},
    time::Time,
    window::Decay,
};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// When the browser says hello.
pub(crate) const START: Time = Time::from_seconds(1_795_305_600);

/// The edge: its keys and its store.
pub(crate) struct Edge {
    pub(crate) keys: Keyring,
    pub(crate) words: BTreeMap<u128, Word>,
    pub(crate) reachable: bool,
    served: u8,
}

/// A browser with its cookie.
#[derive(Clone)]
pub(crate) struct Visitor {
    pub(crate) now: Time,
    pub(crate) cookie: Option<String>,
    pub(crate) headers: Vec<(&'static str, &'static str)>,
    pub(crate) authority: &'static str,
    pub(crate) key: [u8; 16],
    pub(crate) next: u32,
}

impl Edge {
    pub(crate) fn new() -> Self {
        Self { keys: common::keys(), words: BTreeMap::new(), reachable: true, served: 0 }
    }

    fn ask(&mut self, memo: &Memo, now: Time) -> Remembered {
        if !self.reachable {
            return Remembered::Unknown;
        }
        let word = self.words.entry(memo.key).or_default();
        let (answer, kept) = memo.step(*word, now);
        *word = kept;
        answer
    }

    /// Serves a POST to an endpoint as a host does.
    pub(crate) fn post(&mut self, visitor: &Visitor, name: &str, body: &[u8]) -> Reply {
        let (policy, mut scratch) = (Policy::load(&common::bundle()).unwrap(), Scratch::default());
        self.served += 1;
        let target = ["/.well-known/outwork/", name].concat();
        let keys = Keyring::parse(common::KEYS).unwrap();
        let keys = std::mem::replace(&mut self.keys, keys);
        let reply = visitor.with_facts(&[("content-type", "application/octet-stream")], |facts| {
            let mut facts = *facts;
            (facts.request.method, facts.request.target) = (b"POST", target.as_bytes());
            facts.entropy = [self.served; 16];
            let most = match plan(&facts) {
                Plan::Collect(most) => most,
                Plan::Judge | Plan::Serve => 0,
            };
            let answer = policy.serve(&facts, &body[..body.len().min(most + 1)], &keys, &mut scratch).admit(&[]);
            let memos = answer.memos().to_vec();
            let remembered: Vec<_> = memos.iter().map(|memo| self.ask(memo, facts.now)).collect();
            answer.reply(&remembered)
        });
        self.keys = keys;
        reply
    }

    /// What a signal reads of an ordinary request.
    pub(crate) fn read(&self, visitor: &Visitor, signal: &str) -> String {
        visitor.with_facts(&[], |facts| {
            let scene = Scene::opened(facts, &self.keys, Decay::default());
            match (SIGNALS[by_name(signal).unwrap()].read)(&scene).optional().known() {
                Some(Some(Value::Text(text))) => String::from_utf8_lossy(text).into_owned(),
                Some(Some(Value::Int(number))) => number.to_string(),
                Some(Some(Value::Bool(truth))) => truth.to_string(),
                Some(Some(Value::Address(address))) => address.to_string(),
                Some(None) => "absent".into(),
                None => "unavailable".into(),
            }
        })
    }
}

impl Visitor {
    /// A browser that was never here.
    pub(crate) fn new() -> Self {
        Self {
            now: START,
            cookie: None,
            headers: vec![("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")],
            authority: "shop.example",
            key: [0; 16],
            next: 0,
        }
    }

    /// One that has said hello.
    pub(crate) fn greeted(edge: &mut Edge) -> Self {
        let mut visitor = Self::new();
        assert_eq!(visitor.hello(edge).0, 200);
        visitor
    }

    pub(crate) fn with_facts<R>(&self, more: &[(&str, &str)], ask: impl FnOnce(&Facts<'_>) -> R) -> R {
        let headers = self.headers.iter().copied().chain(more.iter().copied());
        let cookie = self.cookie.as_ref().map(|cookie| ("cookie", cookie.as_str()));
        let list: Vec<(&[u8], &[u8])> =
            headers.chain(cookie).map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
        let mut facts = common::facts(&list);
        facts.now = self.now;
        facts.request.authority = self.authority.as_bytes();
        ask(&facts)
    }

    /// Says hello, and keeps what it is given.
    pub(crate) fn hello(&mut self, edge: &mut Edge) -> (u16, Json) {
        let reply = edge.post(self, "hello", b"");
        self.keep(&reply);
        let said: Json = serde_json::from_str(&reply.body).unwrap_or_default();
        if let Some(key) = said["key"].as_str() {
            self.key = Base64UrlUnpadded::decode_vec(key).unwrap().try_into().unwrap();
            self.next = said["next"].as_u64().unwrap().try_into().unwrap();
        }
        (reply.status, said)
    }

    /// Sends a batch, and keeps what it is given.
    pub(crate) fn send(&mut self, edge: &mut Edge, batch: &Batch) -> u16 {
        let blob = batch.write(&self.key);
        self.send_bytes(edge, &blob)
    }

    pub(crate) fn send_bytes(&mut self, edge: &mut Edge, blob: &[u8]) -> u16 {
        let reply = edge.post(self, "beacon", blob);
        self.keep(&reply);
        assert_eq!(reply.status == 204, reply.headers.iter().any(|(name, _)| *name == "set-cookie"), "{reply:?}");
        reply.status
    }

    /// A batch of now: so many moves.
    pub(crate) fn moves(&self, count: usize) -> Batch {
        let kind = Kind::Move { dx: 3, dy: 1, coalesced: 1 };
        let step = Event { after: 16, kind, untrusted: false, fractional: true, disagrees: false };
        let age = self.now.millis() - START.millis();
        Batch {
            sequence: self.next.max(age.try_into().unwrap()),
            clock: self.now.millis(),
            events: vec![step; count],
            ..Batch::default()
        }
    }

    /// A batch of now: a path that winds by a seed as no other does.
    pub(crate) fn path(&self, seed: u64) -> Batch {
        let mut batch = self.moves(256);
        let mut random = seed;
        let (mut turn, mut speed) = (0.0_f64, 6.0_f64);
        for event in &mut batch.events {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            turn += f64::from(u32::try_from(random >> 40).unwrap()) / f64::from(1 << 24) - 0.5;
            speed = (speed + f64::from(u32::try_from(random >> 33 & 7).unwrap()) - 3.5).clamp(3.0, 20.0);
            let (dx, dy) = ((speed * turn.cos()) as i32, (speed * turn.sin()) as i32);
            event.kind = Kind::Move { dx, dy, coalesced: 1 };
        }
        batch
    }

    pub(crate) fn wait(&mut self, seconds: u64) {
        self.now = Time(self.now.0 + seconds * 1_000_000);
    }

    fn keep(&mut self, reply: &Reply) {
        if let Some((_, cookie)) = reply.headers.iter().find(|(name, _)| *name == "set-cookie") {
            self.cookie = Some(cookie.split(';').next().unwrap().into());
        }
    }
}
