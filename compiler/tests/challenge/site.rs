//! A site with a policy, a store in memory, and visitors.

use outwork_compiler::{Request, compile};
use outwork_engine::{
    challenge::zero_bits,
    decision::{Reply, Verdict},
    endpoint::{Plan, plan},
    fact::Fact,
    keys::Keyring,
    limits::{Charged, Word},
    memo::Remembered,
    policy::Policy,
    record::{self, Context},
    rules::Scratch,
    time::Time,
};
use std::{collections::BTreeMap, fs};

pub(crate) const KEYS: &str = "test:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=";

const RULES: &str = r#"
[pack]
id = "test"
version = "1"
why = "a test"

[[rule]]
id = "login"
when = 'request.path == "/login"'
action = "challenge"
why = "logins by programs"

[[rule]]
id = "odd"
when = 'ua.tool == "curl" || request.path.contains("odd")'
score = 50
why = "points for a band"

[[rule]]
id = "very-odd"
when = 'request.path.contains("very")'
score = 40
why = "points for the next band"

[[rule]]
id = "partner"
when = 'request.path == "/login" && request.headers["x-partner"] == "yes"'
action = "allow"
why = "they log in by program"

[[rule]]
id = "bad"
when = 'request.path == "/login" && request.headers["x-bad"] == "yes"'
action = "block"
why = "worse than doubtful"
"#;

pub(crate) const SETTINGS: &str = "mode = \"enforce\"\ncontact = \"https://shop.example/help\"\n\n[policy.challenge]\nbits = { \
                            low = 3, medium = 4, high = 5 }\n\n[verdicts]\nmedium = \"challenge\"\nhigh = \"challenge\"";

pub(crate) struct Site {
    policy: Policy,
    pub(crate) keys: Keyring,
    store: BTreeMap<u128, Word>,
    scratch: Scratch,
    pub(crate) second: u64,
    pub(crate) store_is_down: bool,
    count: u8,
}

/// What came of a request.
#[derive(Debug)]
pub(crate) struct Seen {
    /// None from an endpoint.
    pub(crate) verdict: Option<Verdict>,
    pub(crate) reasons: Vec<String>,
    /// What is recorded; none from an endpoint.
    pub(crate) record: Option<serde_json::Value>,
    /// None where it was let through.
    pub(crate) reply: Option<Reply>,
}

impl Site {
    pub(crate) fn new(settings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let entry = format!("[policy]\nversion = \"1\"\npacks = [\"pack.toml\"]\n{settings}");
        fs::write(folder.path().join("outwork.toml"), entry).unwrap();
        fs::write(folder.path().join("pack.toml"), RULES).unwrap();
        let compiled = compile(folder.path()).unwrap_or_else(|report| panic!("{}", report.render(false)));
        Self {
            policy: Policy::load(&compiled.bundle).unwrap(),
            keys: Keyring::parse(KEYS).unwrap(),
            store: BTreeMap::new(),
            scratch: Scratch::default(),
            second: 0,
            store_is_down: false,
            count: 0,
        }
    }

    /// Sends a request as a host does: each has its own random bytes.
    pub(crate) fn send(&mut self, request: &Request, body: &[u8]) -> Seen {
        let now = Time::from_seconds(1_795_305_600 + self.second);
        self.count += 1;
        let entropy = [self.count; 16];
        request.with_facts(now, entropy, |facts| match plan(facts) {
            Plan::Judge => {
                let decision = self.policy.assess(facts, &self.keys, &mut self.scratch).decide(&[]);
                let reasons = decision.reasons.counted().iter().map(|reason| reason.id.into()).collect();
                let record =
                    serde_json::from_str(&record::write(&decision, facts, &self.keys, Context::NATIVE)).unwrap();
                Seen { verdict: Some(decision.verdict), reasons, record: Some(record), reply: decision.reply }
            }
            plan => {
                let body = if matches!(plan, Plan::Collect(_)) { body } else { b"" };
                let answer = self.policy.serve(facts, body, &self.keys, &mut self.scratch).admit(&[] as &[Charged]);
                let mut remembered = Vec::new();
                for memo in answer.memos() {
                    let (known, word) = memo.step(self.store.get(&memo.key).copied().unwrap_or_default(), now);
                    self.store.insert(memo.key, word);
                    remembered.push(if self.store_is_down { Remembered::Unknown } else { known });
                }
                Seen { verdict: None, reasons: Vec::new(), record: None, reply: Some(answer.reply(&remembered)) }
            }
        })
    }

    /// Puts a new key before the one that signed until now.
    pub(crate) fn rotate(&mut self) {
        let newer = "newer:QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=";
        self.keys = Keyring::parse(&[newer, KEYS].join(",")).unwrap();
    }

    pub(crate) fn get(&mut self, visitor: &Visitor, target: &str) -> Seen {
        self.send(&visitor.request("GET", target), b"")
    }

    /// Sends what a page's script sends.
    pub(crate) fn post(&mut self, visitor: &Visitor, name: &str, body: &[u8]) -> Reply {
        let mut request = visitor.request("POST", &format!("/.well-known/outwork/{name}"));
        request.headers.push(("content-type".into(), "application/octet-stream".into()));
        self.send(&request, body).reply.unwrap()
    }

    /// Answers a challenge.
    pub(crate) fn answer(&mut self, visitor: &Visitor, token: &str, counter: &str) -> Reply {
        let mut request = visitor.request("POST", "/.well-known/outwork/challenge");
        request.headers.push(("content-type".into(), "application/json".into()));
        let body = format!("{{\"challenge\":\"{token}\",\"answer\":\"{counter}\"}}");
        self.send(&request, body.as_bytes()).reply.unwrap()
    }
}

impl Seen {
    pub(crate) fn reply(&self) -> &Reply {
        self.reply.as_ref().unwrap()
    }

    /// The challenge of a page.
    pub(crate) fn token(&self) -> String {
        let body = &self.reply().body;
        body.split("data-challenge=\"").nth(1).unwrap().split('"').next().unwrap().into()
    }

    /// Where the page leads without a script.
    pub(crate) fn wait_link(&self) -> String {
        let body = &self.reply().body;
        let link = body.split("<a href=\"").nth(1).unwrap().split('"').next().unwrap();
        link.replace("&amp;", "&")
    }
}

/// A browser of a visitor.
#[derive(Clone)]
pub(crate) struct Visitor {
    pub(crate) address: &'static str,
    pub(crate) language: &'static str,
    /// Names and values.
    pub(crate) cookies: Vec<(String, String)>,
    pub(crate) more: Vec<(&'static str, &'static str)>,
}

impl Visitor {
    pub(crate) fn new() -> Self {
        Self {
            address: "203.0.113.7",
            language: "en",
            cookies: Vec::new(),
            more: vec![("accept", "text/html,*/*;q=0.8")],
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.more.retain(|(known, _)| *known != name);
        self.more.push((name, value));
        self
    }

    pub(crate) fn request(&self, method: &str, target: &str) -> Request {
        let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
        let mut headers: Vec<(String, Vec<u8>)> =
            vec![("user-agent".into(), agent.into()), ("accept-language".into(), self.language.into())];
        headers.extend(self.more.iter().map(|&(name, value)| (name.into(), value.into())));
        // Over HTTP/2 each cookie has a header of its own.
        let cookies = self.cookies.iter();
        headers.extend(cookies.map(|(name, value)| ("cookie".into(), format!("{name}={value}").into_bytes())));
        let address = Fact::Known(self.address.parse().unwrap());
        Request { method: method.into(), target: target.into(), headers, address, ..Request::default() }
    }

    /// Keeps the cookies of a reply, of which there are some.
    pub(crate) fn keep(&mut self, reply: &Reply) {
        let cookies: Vec<_> = reply.headers.iter().filter(|(name, _)| *name == "set-cookie").collect();
        assert!(!cookies.is_empty(), "{reply:?}");
        for (_, cookie) in cookies {
            let (pair, attributes) = cookie.split_once("; ").unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !attributes.ends_with("Max-Age=0") {
                self.cookies.push((name.into(), value.into()));
            }
        }
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

pub(crate) fn header<'a>(reply: &'a Reply, name: &str) -> Option<&'a str> {
    reply.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
}

/// The least counter whose hash begins with so many zero bits.
pub(crate) fn solve(token: &str, bits: u32) -> String {
    (0..).map(|n: u64| n.to_string()).find(|n| zero_bits(token.as_bytes(), n.as_bytes()) >= bits).unwrap()
}
