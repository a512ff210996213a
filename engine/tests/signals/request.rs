//! Requests made from recorded data, and what signals read of them.

use outwork_engine::{
    fact::Fact,
    facts::{Connection, Facts, Headers, Protocol, Request, Seen, Session},
    signals::{Reading, SIGNALS, Scene, Value, by_name},
    time::Time,
};
use serde_json::Value as Json;
use std::{
    fs::File,
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
};

/// A recorded request: what is `None` the host could not see.
pub(crate) struct Recorded {
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) protocol: Option<Protocol>,
    pub(crate) pseudo_order: Option<String>,
    pub(crate) ja4: Option<String>,
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) scheme: String,
    pub(crate) authority: String,
    pub(crate) ordered: bool,
}

impl Default for Recorded {
    fn default() -> Self {
        Self {
            headers: Vec::new(),
            protocol: None,
            pseudo_order: None,
            ja4: None,
            method: "GET".into(),
            target: "/".into(),
            scheme: "https".into(),
            authority: "shop.example".into(),
            ordered: true,
        }
    }
}

impl Recorded {
    /// Of `[[name, value], …]` in the order of the wire: pseudo-headers become their order, host and connection go, as
    /// they do in Envoy.
    pub(crate) fn of_headers(headers: &Json) -> Self {
        let all: Vec<(String, String)> = serde_json::from_value(headers.clone()).unwrap();
        let (pseudo, headers): (Vec<_>, Vec<_>) = all.into_iter().partition(|(name, _)| name.starts_with(':'));
        let host = |(name, _): &&(String, String)| name == ":authority" || name.eq_ignore_ascii_case("host");
        let authority = pseudo.iter().chain(&headers).find(host).map(|(_, value)| value.clone());
        let order: String = pseudo.iter().filter_map(|(name, _)| name.chars().nth(1)).collect();
        let lower = headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value));
        Self {
            headers: lower.filter(|(name, _)| name != "host" && name != "connection").collect(),
            protocol: Some(if order.is_empty() { Protocol::Http11 } else { Protocol::Http2 }),
            pseudo_order: (!order.is_empty()).then_some(order),
            authority: authority.unwrap_or_else(|| "shop.example".into()),
            ..Self::default()
        }
    }

    /// Of a case of the corpus.
    pub(crate) fn of_corpus(facts: &Json) -> Self {
        let text = |name: &str| facts[name].as_str().map(str::to_owned);
        Self {
            protocol: facts["protocol"].as_str().and_then(|name| Protocol::parse(name.as_bytes())),
            pseudo_order: text("pseudo_order"),
            ja4: text("ja4"),
            method: text("method").unwrap(),
            target: text("target").unwrap(),
            scheme: text("scheme").unwrap(),
            authority: text("authority").unwrap(),
            ordered: facts["ordered"] == true,
            ..Self::of_headers(&facts["headers"])
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Calls `f` with the scene of the request, over https.
    pub(crate) fn with_scene<'a, T>(&'a self, f: impl FnOnce(&Scene<'_>) -> T) -> T {
        let list: Vec<(&[u8], &[u8])> =
            self.headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
        let seen =
            |value: &'a Option<String>| value.as_ref().map_or(Fact::Unavailable, |text| Fact::Known(text.as_bytes()));
        let facts = Facts {
            now: Time::from_seconds(1_795_305_600),
            entropy: [0; 16],
            request: Request {
                method: self.method.as_bytes(),
                scheme: self.scheme.as_bytes(),
                authority: self.authority.as_bytes(),
                target: self.target.as_bytes(),
                protocol: self.protocol.map_or(Fact::Unavailable, Fact::Known),
                pseudo_order: seen(&self.pseudo_order),
            },
            headers: Headers { list: &list, ordered: self.ordered },
            seen: Seen::ALL,
            connection: Connection { ja4: seen(&self.ja4), ..Connection::UNAVAILABLE },
            session: Session::Cookie,
            body: Fact::Unavailable,
            directories: None,
        };
        f(&Scene::new(&facts))
    }

    /// What one signal reads, as text: `absent` and `unavailable` as such.
    pub(crate) fn read(&self, name: &str) -> String {
        self.with_scene(|scene| show((SIGNALS[by_name(name).unwrap()].read)(scene)))
    }

    /// The names of the signals that see a contradiction.
    pub(crate) fn contradictions(&self) -> Vec<&'static str> {
        self.with_scene(|scene| {
            let contradicts = |name: &&str| read(scene, name) == Fact::Known(Value::Bool(false));
            contradiction_signals().into_iter().filter(contradicts).collect()
        })
    }
}

/// Every signal of which false means that a request contradicts itself.
pub(crate) fn contradiction_signals() -> Vec<&'static str> {
    let others = ["fetch.consistent", "ua.well_formed"];
    let is_one = |name: &&str| name.contains("matches") || others.contains(name);
    SIGNALS.iter().map(|signal| signal.name).filter(is_one).collect()
}

fn read<'s>(scene: &'s Scene<'_>, name: &str) -> Reading<'s> {
    (SIGNALS[by_name(name).unwrap()].read)(scene)
}

fn show(reading: Reading<'_>) -> String {
    match reading {
        Fact::Known(Value::Text(text)) => String::from_utf8_lossy(text).into_owned(),
        Fact::Known(Value::Bool(value)) => value.to_string(),
        Fact::Known(Value::Int(value)) => value.to_string(),
        Fact::Known(Value::Address(value)) => value.to_string(),
        Fact::Absent => "absent".into(),
        Fact::Unavailable => "unavailable".into(),
    }
}

/// A file of the larger data, unpacked where it is packed. Says so when it is not there.
pub(crate) fn data(file: &str) -> Option<String> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let path = std::env::var_os("OUTWORK_DATA").map_or(beside, PathBuf::from).join("lists").join(file);
    let Ok(mut opened) = File::open(&path) else {
        say(&format!("DID NOT RUN: `{}` is not there; OUTWORK_DATA names the folder of the data", path.display()));
        return None;
    };
    let mut text = String::new();
    if file.ends_with(".gz") {
        flate2::read::GzDecoder::new(opened).read_to_string(&mut text).unwrap();
    } else {
        opened.read_to_string(&mut text).unwrap();
    }
    Some(text)
}

/// JSON, one document a line.
pub(crate) fn lines(text: &str) -> Vec<Json> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Prints past the capture of the test harness, which hides what a passing test prints.
pub(crate) fn say(line: &str) {
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).unwrap();
}
