//! Cases as they stand in `tests/corpus/*.jsonl`, read and written without touching their facts.

use outwork_compiler::Request;
use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// One line of the corpus.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) class: String,
    pub(crate) source: String,
    // Kept as text: what a blessing rewrites is the expectation alone.
    facts: Box<RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) same_as: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expect: Option<Outcome>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) expect_on: BTreeMap<String, Outcome>,
}

/// What a host makes of a request, without what differs at each request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Outcome {
    pub(crate) verdict: String,
    pub(crate) risk: u8,
    pub(crate) reasons: Vec<String>,
    /// The status that a refused client gets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    /// The fields of a forwarded request that only Outwork may write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) origin: Option<BTreeMap<String, String>>,
}

impl Outcome {
    /// Whether the request reaches the origin.
    pub(crate) fn forwarded(&self) -> bool {
        self.status.is_none()
    }
}

/// What a host cannot see.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct View {
    unseen: Vec<String>,
    ordered: bool,
}

impl Case {
    /// All that is known of the request.
    pub(crate) fn request(&self) -> Request {
        serde_json::from_str(self.facts.get()).unwrap_or_else(|error| panic!("{}: {error}", self.id))
    }

    /// What a host sees of it.
    pub(crate) fn request_seen(&self, view: &View) -> Request {
        let mut facts: serde_json::Map<String, Value> = serde_json::from_str(self.facts.get()).unwrap();
        facts.retain(|key, _| !view.unseen.contains(key));
        let mut request: Request = serde_json::from_value(facts.into()).unwrap();
        request.ordered &= view.ordered;
        request
    }
}

/// One file of cases.
pub(crate) struct File {
    pub(crate) path: PathBuf,
    pub(crate) cases: Vec<Case>,
}

impl File {
    pub(crate) fn write(&self) {
        let lines: String = self.cases.iter().map(|case| serde_json::to_string(case).unwrap() + "\n").collect();
        // By a rename, because other tests may be reading.
        let fresh = self.path.with_extension("new");
        fs::write(&fresh, lines).unwrap();
        fs::rename(&fresh, &self.path).unwrap();
    }
}

/// The folder of the corpus.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/corpus")
}

/// Every file of the corpus, in the order of their names.
pub(crate) fn files() -> Vec<File> {
    let mut paths: Vec<_> = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    paths.sort();
    paths.into_iter().map(|path| File { cases: cases(&path), path }).collect()
}

fn cases(path: &Path) -> Vec<Case> {
    let text = fs::read_to_string(path).unwrap();
    let read = |(at, line)| {
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{}:{}: {error}", path.display(), at + 1))
    };
    text.lines().enumerate().map(read).collect()
}

/// The hosts and what they cannot see.
pub(crate) fn views() -> BTreeMap<String, View> {
    serde_json::from_str(&fs::read_to_string(folder().join("hosts.json")).unwrap()).unwrap()
}
