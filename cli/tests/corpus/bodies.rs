//! Requests with bodies, in `tests/corpus/bodies`, by the policy there: what is bound has the digest of what was sent.

use super::{
    Played, as_expected,
    case::{self, Case, CaseFile, Outcome},
    engine_of, play,
};
use base64ct::{Base64, Encoding};
use outwork_compiler::Request;
use sha2::{Digest, Sha256};
use std::{fmt::Write, path::PathBuf};

pub(crate) fn folder() -> PathBuf {
    case::folder().join("bodies")
}

pub(crate) fn files() -> Vec<CaseFile> {
    CaseFile::read_all(&folder()).unwrap()
}

#[test]
fn every_body_is_treated_as_expected() {
    as_expected(&mut engine_of(&folder()), files());
}

/// No blessing gets around this: what a class must be says its name, and the digest is taken here.
#[test]
fn every_class_of_bodies_is_treated_as_it_deserves_on_every_host() {
    let mut engine = engine_of(&folder());
    let (mut report, mut count) = (String::new(), 0);
    for case in files().iter().flat_map(|file| &file.cases) {
        let request = case.request().unwrap();
        let Played { full, on } = play(&mut engine, case);
        for got in std::iter::once(&full).chain(on.values()) {
            if !is_as_deserved(case, &request, got) {
                writeln!(report, "{} ({:?}): {got:?}", case.id, case.class).unwrap();
            }
        }
        count += 1;
    }
    assert!(report.is_empty(), "{report}");
    assert!(count >= 40, "{count} cases");
}

fn is_as_deserved(case: &Case, request: &Request, got: &Outcome) -> bool {
    let told = |name: &str| got.origin.as_ref().and_then(|fields| fields.get(name)).map(String::as_str);
    let says = |what: &str| told("outwork-risk").is_some_and(|risk| risk.contains(what));
    let sent = || request.headers.iter().find(|(name, _)| name == "content-digest").map(|(_, value)| value.as_slice());
    let is_untouched = || told("content-digest").map(str::as_bytes) == sent();
    let digest = format!("sha-256=:{}:", Base64::encode_string(&Sha256::digest(request.body.as_bytes())));
    match case.class.as_deref().unwrap_or_default() {
        "bound" => says(";body=bound") && told("content-digest").is_some_and(|all| all.matches(&digest).count() == 1),
        "unbound" => says(";body=unbound") && is_untouched(),
        "free" => !says(";body=bound") && !says(";body=unbound") && got.forwarded() && is_untouched(),
        "too-large" => got.status == Some(413) && got.reasons.iter().any(|id| id == "transaction-body.over-cap"),
        "lied" => got.status == Some(400) && got.reasons.iter().any(|id| id == "transaction-body.digest"),
        "asked" => got.status == Some(403) && got.verdict == "challenge",
        _ => false,
    }
}
