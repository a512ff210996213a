//! Anubis's policies import, compile and decide alike: its default policy, its other sets and each file of its data.
//!
//! Anubis decides by a small evaluator of its documented meaning ([`reference`]), which shares nothing with the importer.
//! Its own test requests are not published with its data: those here are made of each rule, and of the corpus.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails loudly")]

mod differences;
mod reference;
mod requests;

use outwork_compiler::{Folder, Request, compile_files};
use outwork_engine::{keys::Keyring, policy::Policy, rules::Scratch, time::Time};
use outwork_import::{Imported, anubis};
use reference::{Anubis, Verdict};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Anubis's data folder, as it was copied.
pub(crate) fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/anubis/data")
}

/// An imported policy in the engine.
pub(crate) struct Outwork {
    policy: Policy,
    keys: Keyring,
    scratch: Scratch,
}

impl Outwork {
    pub(crate) fn load(imported: &Imported) -> Self {
        let policy = imported.policy.clone().unwrap().replace("PACK", "pack.toml");
        let files = BTreeMap::from([
            ("pack.toml".to_owned(), imported.pack.clone().into_bytes()),
            ("outwork.toml".to_owned(), policy.into_bytes()),
        ]);
        let compiled =
            compile_files(&files, "outwork.toml").unwrap_or_else(|report| panic!("{}", report.render(false)));
        let keys = Keyring::parse("test:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=").unwrap();
        Self { policy: Policy::load(&compiled.bundle).unwrap(), keys, scratch: Scratch::default() }
    }

    /// The verdict, in Anubis's words, and the rules that fired.
    pub(crate) fn decide(&mut self, request: &Request) -> (Verdict, Vec<String>) {
        request.with_facts(Time::from_seconds(1_760_000_000), [7; 16], |facts| {
            let judged = self.policy.assess(facts, &self.keys, &mut self.scratch).judge(&[]);
            let fired = judged.reasons.counted().iter().map(|reason| reason.id.to_owned()).collect();
            let verdict = match judged.verdict.name() {
                "allow" => Verdict::Allow,
                // Challenged there, and let through here because nobody could answer.
                "tag" => Verdict::Exempt,
                "challenge" => Verdict::Challenge,
                "block" => Verdict::Deny,
                other => panic!("{other}"),
            };
            (verdict, fired)
        })
    }
}

pub(crate) fn import(file: &Path) -> Imported {
    let data = data().display().to_string();
    anubis::import(&Folder(PathBuf::new()), &[file.display().to_string()], Some(&data)).unwrap()
}

/// Every file with rules, by its path.
fn files() -> Vec<PathBuf> {
    let (mut folders, mut files) = (vec![data()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("yaml" | "yml") => files.push(path),
                None => folders.push(path),
                _ => {}
            }
        }
    }
    files.sort();
    files
}

/// The corpus of this product, as requests.
fn corpus() -> Vec<Request> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/corpus");
    let mut requests = Vec::new();
    for file in ["browsers", "crawlers", "clients", "networks", "paths"] {
        let text = fs::read_to_string(folder.join(format!("{file}.jsonl"))).unwrap();
        for line in text.lines() {
            let case: serde_json::Value = serde_json::from_str(line).unwrap();
            requests.push(serde_json::from_value(case["facts"].clone()).unwrap());
        }
    }
    requests
}

/// Compares both on all requests; the names of rules that matched, and that did not, in Anubis.
fn compare(file: &Path, requests: &[Request]) -> (BTreeSet<String>, BTreeSet<String>) {
    let (anubis, mut ours) = (Anubis::read(&data(), file), Outwork::load(&import(file)));
    let (mut hit, mut missed) = (BTreeSet::new(), BTreeSet::new());
    let mut wrong = Vec::new();
    for request in requests {
        let (expected, matched) = anubis.decide(request, false);
        let (found, fired) = ours.decide(request);
        if expected != found {
            wrong.push(format!("{request:?}\nAnubis: {expected:?} by {matched:?}\nOutwork: {found:?} by {fired:?}"));
        }
        for bot in &anubis.bots {
            let set = if matched.contains(&bot.name.as_str()) { &mut hit } else { &mut missed };
            set.insert(bot.name.clone());
        }
    }
    assert!(
        wrong.is_empty(),
        "{}: {} of {} differ\n{}",
        file.display(),
        wrong.len(),
        requests.len(),
        wrong[..wrong.len().min(3)].join("\n\n")
    );
    (hit, missed)
}

fn different(requests: impl Iterator<Item = Request>) -> Vec<Request> {
    let mut seen = BTreeSet::new();
    requests.filter(|request| seen.insert(format!("{request:?}"))).collect()
}

#[test]
fn every_file_decides_alike_on_requests_made_of_its_rules() {
    let files = files();
    assert!(files.len() > 60, "{}", files.len());
    let (mut count, mut ever, mut all) = (0, BTreeSet::new(), BTreeSet::new());
    for file in &files {
        let anubis = Anubis::read(&data(), file);
        let requests = different(anubis.bots.iter().flat_map(requests::of));
        let (hit, missed) = compare(file, &requests);
        count += requests.len();
        for bot in &anubis.bots {
            assert!(missed.contains(&bot.name), "{}: {} matches every request", file.display(), bot.name);
            all.insert(bot.name.clone());
        }
        ever.extend(hit);
    }
    println!("{} files, {count} requests", files.len());
    // What name servers must confirm cannot match here.
    let never: Vec<&String> = all.difference(&ever).collect();
    assert_eq!(never, ["telegrambot", "vkbot", "yandexbot"]);
}

#[test]
fn the_default_policy_decides_alike_on_all_requests() {
    let file = data().join("botPolicies.yaml");
    let others: Vec<Anubis> = files().iter().map(|other| Anubis::read(&data(), other)).collect();
    let made = others.iter().flat_map(|other| other.bots.iter().flat_map(requests::of));
    let requests = different(corpus().into_iter().chain(made));
    assert!(requests.len() > 10_000, "{}", requests.len());
    println!("{} requests", requests.len());
    compare(&file, &requests);
}
