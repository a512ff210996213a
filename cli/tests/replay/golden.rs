//! What is printed, to the letter.

use crate::{logs, run, run_with};
use std::{env, fs, path::Path};

/// Compares with a file in `tests/fixtures/logs/expected`, or writes it. The name of a bundle changes with every release
/// of the compiler, and stands as `BUNDLE`.
pub(super) fn expect(name: &str, text: &str) {
    let path = logs().join("expected").join(name);
    let text = without_hash(text);
    if env::var_os("OUTWORK_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, expected, "{name}; if this is right: OUTWORK_BLESS=1 cargo test -p outwork-cli --test replay");
}

/// A single pack is called by the first digits of a hash.
fn without_hash(text: &str) -> String {
    let mut parts = text.split("check-");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |out, part| out + "BUNDLE" + part.get(6..).unwrap_or_default())
}

#[test]
fn each_format_is_summed_up_as_it_was_by_hand() {
    for log in ["combined.log", "envoy.json", "logpush.json", "records.jsonl"] {
        let stem = Path::new(log).file_stem().unwrap().to_str().unwrap();
        let (code, out, err) = run(&["replay", log, "-p", "old.toml"]);
        assert_eq!((code, err.as_str()), (0, ""), "{log}");
        expect(&format!("{stem}.txt"), &out);
        expect(&format!("{stem}.json"), &run(&["replay", log, "-p", "old.toml", "--json", "--sample", "1"]).1);
        expect(&format!("{stem}.jsonl"), &run(&["replay", log, "-p", "old.toml", "--jsonl"]).1);
    }
}

#[test]
fn a_diff_names_what_changes_and_keeps_to_its_budget() {
    let arguments = ["diff", "--sample", "3", "old.toml", "new.toml", "combined.log", "envoy.json"];
    let (code, out, _) = run(&arguments);
    assert_eq!(code, 0);
    expect("diff.txt", &out);
    let with = |more: &[&str]| run(&[&arguments[..], more].concat());
    expect("diff.json", &with(&["--json"]).1);
    assert_eq!(with(&["--max-newly-blocked", "0"]).0, 1);
    let wide = ["--max-newly-blocked", "100%", "--max-changed", "100%", "--max-newly-throttled", "5"];
    let (code, out, _) = with(&wide);
    assert!(code == 1 && out.contains("over budget: unread 4 of 18 (22.22 %), at most 1%"), "{out}");
    assert_eq!(with(&[&wide[..], &["--max-unread", "4"]].concat()).0, 0);
    let (code, out, _) = with(&["--max-changed", "0.1%"]);
    assert!(code == 1 && out.contains("over budget: changed"), "{out}");
    assert_eq!(run(&["diff", "old.toml", "old.toml", "combined.log", "--max-changed", "0", "--max-unread", "2"]).0, 0);
}

#[test]
fn a_log_is_the_same_however_it_comes() {
    let plain = fs::read(logs().join("combined.log")).unwrap();
    let whole = run(&["replay", "combined.log", "-p", "old.toml", "--jsonl"]).1;
    assert_eq!(run_with(&["replay", "-", "-p", "old.toml", "--jsonl"], &plain).1, whole);
    assert_eq!(run(&["replay", "combined.log", "-p", "old.toml", "--jsonl", "--jobs", "3"]).1, whole);
    let two = run(&["replay", "combined.log", "envoy.json", "-p", "old.toml", "--jsonl"]).1;
    assert!(two.starts_with(&whole) && two.len() > whole.len());
}

#[test]
fn limits_can_be_left_out() {
    let off = run(&["replay", "combined.log", "-p", "old.toml", "--limits", "off"]).1;
    assert!(off.contains("limits were not simulated"), "{off}");
    assert!(!off.contains("log.per-ip"), "{off}");
}

#[test]
fn reports_are_written() {
    for (name, arguments) in [
        ("replay", &["replay", "combined.log", "-p", "old.toml"][..]),
        ("diff", &["diff", "old.toml", "new.toml", "combined.log"]),
    ] {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}.html", std::process::id()));
        assert_eq!(run(&[arguments, &["--html", path.to_str().unwrap()]].concat()).0, 0);
        let page = fs::read_to_string(&path).unwrap();
        fs::remove_file(&path).unwrap();
        assert!(page.starts_with("<!DOCTYPE html>") && page.contains("<svg"), "{page}");
        assert!(page.contains("&lt;script&gt;alert(1)") && !page.contains("<script"), "{page}");
        for outside in ["http://", "https://", "src=", "href=", "url(", "@import"] {
            assert!(!page.contains(outside), "{outside} in {page}");
        }
    }
}
