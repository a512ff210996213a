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
fn a_part_of_the_time_is_replayed_and_compared() {
    let (code, all, _) = run(&["replay", "combined.log", "-p", "old.toml", "--jsonl"]);
    assert_eq!(code, 0);
    let lines: Vec<serde_json::Value> = all.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let middle = lines.get(lines.len() / 2).and_then(|line| line.get("time")?.as_str()).unwrap();
    let count = |arguments: &[&str]| {
        run(&[&["replay", "combined.log", "-p", "old.toml", "--jsonl"], arguments].concat()).1.lines().count()
    };
    let (before, after) = (count(&["--until", middle]), count(&["--since", middle]));
    assert!(before > 0 && after > 0 && before + after == lines.len(), "{before} {after} {}", lines.len());
    let (_, out, _) = run(&["replay", "combined.log", "-p", "old.toml", "--since", middle]);
    assert!(
        out.contains(&format!("  {before} lines of another time were passed over, and 0 without a time\n")),
        "{out}"
    );
    let (_, out, _) = run(&["diff", "old.toml", "new.toml", "combined.log", "--until", middle, "--json"]);
    let diff: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (diff["requests"].as_u64(), diff["passed"]["outside"].as_u64()),
        (Some(before as u64), Some(after as u64))
    );
    let (code, _, err) =
        run(&["diff", "old.toml", "new.toml", "combined.log", "--until", "1999-01-01", "--max-changed", "0"]);
    assert!(code == 2 && err.contains("no request was compared"), "{err}");
    let (code, _, err) = run(&["replay", "combined.log", "-p", "old.toml", "--since", "soon"]);
    assert!(code == 2 && err.contains("how long ago it was"), "{err}");
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
