//! The cases of `tests/corpus/*.jsonl`, and what each host sees of them.

pub(crate) use outwork_compiler::corpus::{Case, CaseFile, Expectation, Outcome};

use outwork_compiler::Request;
use serde::Deserialize;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// What a host cannot see.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct View {
    unseen: Vec<String>,
    ordered: bool,
}

/// What a host sees of a case.
pub(crate) fn request_seen(case: &Case, view: &View) -> Request {
    let mut facts: serde_json::Map<String, Value> = serde_json::from_str(case.facts()).unwrap();
    facts.retain(|key, _| !view.unseen.contains(key));
    let mut request: Request = serde_json::from_value(facts.into()).unwrap();
    request.ordered &= view.ordered;
    request
}

/// The folder of the corpus.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/corpus")
}

/// Every file of the corpus, in the order of their names.
pub(crate) fn files() -> Vec<CaseFile> {
    CaseFile::read_all(&folder()).unwrap()
}

/// The hosts and what they cannot see.
pub(crate) fn views() -> BTreeMap<String, View> {
    serde_json::from_str(&fs::read_to_string(folder().join("hosts.json")).unwrap()).unwrap()
}
