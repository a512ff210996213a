//! Logs and arguments that are wrong.

use crate::{run, run_with};

fn fails(arguments: &[&str], input: &[u8], says: &str) {
    let (code, out, err) = run_with(arguments, input);
    assert!(code == 2 && out.is_empty() && err.contains(says), "{arguments:?}: {code} {out} {err}");
}

#[test]
fn what_cannot_be_replayed_says_why() {
    fails(&["replay", "nothing.log", "-p", "old.toml"], b"", "`nothing.log` cannot be read");
    fails(&["replay", "-", "-p", "old.toml"], b"Lorem ipsum\ndolor sit\n", "`-` is in no format that is known");
    let given = ["replay", "combined.log", "-p", "old.toml", "--format", "logpush"];
    fails(&given, b"", "no line of `combined.log` is in the format `logpush`: it looks like `combined`");
    fails(&["diff", "old.toml", "new.toml", "combined.log", "--max-changed", "much"], b"", "a budget is a number");
    fails(&["replay", "envoy.json", "-p", "old.toml", "--map", "old.toml"], b"", "unknown field");
}

#[test]
fn a_policy_with_mistakes_is_a_complaint() {
    assert_eq!(run(&["replay", "combined.log", "-p", "combined.log"]).0, 1);
}

#[test]
fn an_empty_log_is_no_mistake() {
    let (code, out, _) = run_with(&["replay", "-", "-p", "old.toml"], b"\n\n");
    assert!(code == 0 && out.starts_with("0 requests"), "{out}");
}

#[test]
fn a_packed_log_that_ends_early_is_replayed_as_far_as_it_goes() {
    let packed = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3];
    let (code, out, _) = run_with(&["replay", "-", "-p", "old.toml"], &packed);
    assert!(code == 1 && out.contains("could not be read to its end"), "{code} {out}");
}

#[test]
fn a_budget_over_nothing_is_no_pass() {
    let diff = ["diff", "old.toml", "new.toml", "-", "--max-newly-blocked", "0"];
    let (code, _, err) = run_with(&diff, b"\n");
    assert!(code == 2 && err.contains("no request was compared"), "{code} {err}");
    assert_eq!(run_with(&diff[..4], b"\n").0, 0);
}
