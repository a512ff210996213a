//! The corpus of requests with their classes: browsers do not contradict themselves, impostors do.

use crate::request::{Recorded, lines};
use std::{fs, path::Path};

fn cases() -> Vec<serde_json::Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/corpus");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    files.flat_map(|path| lines(&fs::read_to_string(path).unwrap())).collect()
}

/// What recorded browsers did that no browser does.
const NOISE: [(&str, &str); 3] = [
    // curl-impersonate's record of Chrome 131 on Android says `?0` beside a user agent with Mobile; Chrome says `?1`.
    ("browser.chrome_131.0.6778.81_android", "hints.mobile_matches"),
    // Two of the generated header sets lack a header that all others of their browser have.
    ("set.chrome-macos-h1.2", "header.upgrade_insecure_matches"),
    ("set.firefox-windows-h2.2", "header.te_matches"),
];

/// Whether a contradiction is the data's. What a case adds by hand it adds last, where no browser has it.
fn is_of_the_data(case: &serde_json::Value, signal: &str) -> bool {
    let changed = case["source"].as_str().unwrap().ends_with(", changed");
    (changed && signal == "header.order_matches") || NOISE.contains(&(case["id"].as_str().unwrap(), signal))
}

#[test]
fn browsers_do_not_contradict_themselves() {
    let cases = cases();
    let browsers: Vec<_> = cases.iter().filter(|case| case["class"] == "browser").collect();
    assert!(browsers.len() >= 40, "{}", browsers.len());
    let contradictions = |case: &serde_json::Value| {
        let signals = Recorded::of_corpus(&case["facts"]).contradictions();
        signals.into_iter().filter(|signal| !is_of_the_data(case, signal)).collect::<Vec<_>>()
    };
    let wrong: Vec<String> = browsers
        .iter()
        .map(|case| (case["id"].to_string(), contradictions(case)))
        .filter(|(_, contradictions)| !contradictions.is_empty())
        .map(|(id, contradictions)| format!("{id}: {}", contradictions.join(" ")))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn impostors_contradict_themselves() {
    let cases = cases();
    let impostors: Vec<_> = cases.iter().filter(|case| case["class"] == "impostor").collect();
    assert!(impostors.len() >= 5, "{}", impostors.len());
    for case in impostors {
        assert!(!Recorded::of_corpus(&case["facts"]).contradictions().is_empty(), "{}", case["id"]);
    }
}
