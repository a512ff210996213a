//! `limits simulate` and `limits export`.

use crate::{golden::expect, run, run_with};
use serde_json::Value;
use std::fs;
use std::path::Path;

const SIMULATE: [&str; 5] = ["limits", "simulate", "combined.log", "-p", "limits.toml"];

fn simulated(more: &[&str]) -> Value {
    let (code, out, err) = run(&[&SIMULATE[..], &["--json"], more].concat());
    assert_eq!((code, err.as_str()), (0, ""));
    serde_json::from_str(&out).unwrap()
}

#[test]
fn what_limits_would_do_is_shown() {
    let (code, out, err) = run(&SIMULATE);
    assert_eq!((code, err.as_str()), (0, ""));
    expect("limits.txt", &out);
    expect("limits.json", &run(&[&SIMULATE[..], &["--json"]].concat()).1);
}

#[test]
fn limits_refuse_as_many_as_in_a_replay() {
    let (_, replayed, _) = run(&["replay", "combined.log", "-p", "limits.toml", "--json"]);
    let replayed: Value = serde_json::from_str(&replayed).unwrap();
    for (one, other) in simulated(&[])["limits"].as_array().unwrap().iter().zip(replayed["limits"].as_array().unwrap())
    {
        let refused =
            ["throttled", "challenged", "blocked"].map(|kind| one[kind].as_u64().unwrap()).iter().sum::<u64>();
        assert_eq!(
            (&one["id"], &one["charged"], refused),
            (&other["id"], &other["charged"], other["refused"].as_u64().unwrap())
        );
    }
}

#[test]
fn the_result_is_the_same_for_any_number_of_workers() {
    assert_eq!(simulated(&["--jobs", "1"]), simulated(&["--jobs", "3"]));
}

#[test]
fn a_limit_can_be_tried_otherwise() {
    let before = simulated(&[]);
    let set = simulated(&["--set", "login.per-ip.burst=3", "--set", "login.per-ip.refill=5/s"]);
    let login = |said: &Value| said["limits"][0].clone();
    assert_eq!((&login(&before)["throttled"], &login(&set)["throttled"]), (&Value::from(1), &Value::from(0)));
    assert_eq!((&login(&set)["burst"], &login(&set)["interval"][0]), (&Value::from(3), &Value::from(0.2)));
    assert_eq!(set["set"], serde_json::json!(["login.per-ip.burst = 3", "login.per-ip.refill = 5/s"]));
    let ladder =
        simulated(&["--set", "login.per-ip.ladder=[\"block\"]", "--set", "login.per-ip.penalty={ base = \"5s\" }"]);
    assert_eq!(login(&ladder)["blocked"], Value::from(2));
}

#[test]
fn what_cannot_be_set_says_why() {
    let with = |set: &str| run(&[&SIMULATE[..], &["--set", set]].concat());
    let (code, _, err) = with("nobody.burst=1");
    assert!(code == 2 && err.contains("no limit `nobody`") && err.contains("login.per-ip"), "{err}");
    let (code, _, err) = with("login.per-ip.refill=often");
    assert!(code == 1 && err.contains("`often` is no rate"), "{code} {err}");
    let (code, _, err) = with("login.per-ip.key=device");
    assert!(code == 2 && err.contains("cannot be set"), "{code} {err}");
    let (code, _, err) = run(&[&SIMULATE[..], &["--limits", "off"]].concat());
    assert!(code == 2 && err.contains("nothing to simulate"), "{code} {err}");
}

#[test]
fn a_report_needs_no_other_file() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("limits-{}.html", std::process::id()));
    assert_eq!(run(&[&SIMULATE[..], &["--html", path.to_str().unwrap()]].concat()).0, 0);
    let page = fs::read_to_string(&path).unwrap();
    fs::remove_file(&path).unwrap();
    assert!(page.contains("<svg") && page.contains("class=\"throttle\"") && !page.contains("<script"), "{page}");
    for outside in ["http://", "https://", "src=", "href=", "url(", "@import"] {
        assert!(!page.contains(outside), "{outside} in {page}");
    }
}

#[test]
fn global_limits_are_written_for_their_services() {
    for service in ["limitador", "ratelimit"] {
        let (code, out, err) = run(&["limits", "export", "--format", service, "-p", "limits.toml"]);
        assert_eq!((code, err.as_str()), (0, ""));
        expect(&format!("{service}.yaml"), &out);
    }
    let (code, out, _) =
        run(&["limits", "export", "--format", "ratelimit", "-p", "limits.toml", "--domain", "shop: \"x\""]);
    assert!(code == 0 && out.contains("\ndomain: \"shop: \\\"x\\\"\"\n"), "{out}");
    let (code, out, err) = run(&["limits", "export", "--format", "limitador", "-p", "old.toml"]);
    assert!(code == 1 && out.is_empty() && err.contains("no limit of `scope = \"global\"`"), "{code} {err}");
}

#[test]
fn a_sample_is_simulated_only_where_that_is_asked_for() {
    let log = std::fs::read_to_string(crate::logs().join("records.jsonl")).unwrap();
    let log = log.replacen("\"enforced\":true", "\"sampled\":0.5,\"enforced\":true", 1);
    let simulate =
        |more: &[&str]| run_with(&[&["limits", "simulate", "-", "-p", "limits.toml"], more].concat(), log.as_bytes());
    let (code, out, err) = simulate(&[]);
    assert!(code == 2 && out.is_empty() && err.contains("every client's rate be understated"), "{err}");
    assert!(err.contains("--sampled"), "{err}");
    let (code, out, _) = simulate(&["--sampled"]);
    assert!(code == 0 && out.contains("warning: limits were charged by a sample: 1 of "), "{out}");
    let (code, out, _) = run_with(&["replay", "-", "-p", "old.toml"], log.as_bytes());
    assert!(code == 0 && out.contains("estimated, ± 1: "), "{out}");
    assert!(out.contains("warning: limits were charged by a sample"), "{out}");
    let (_, out, _) = run_with(&["replay", "-", "-p", "old.toml", "--jsonl"], log.as_bytes());
    assert_eq!(out.lines().filter(|line| line.contains("\"sampled\":0.5")).count(), 1, "{out}");
}

#[test]
fn a_log_without_times_charges_nothing_and_says_so() {
    let line = br#"{"method":"GET","path":"/login","downstream_remote_address":"203.0.113.7:1","response_code":200}"#;
    let (code, out, _) = run_with(&["limits", "simulate", "-", "--format", "envoy", "-p", "limits.toml"], line);
    assert!(code == 0 && out.contains("requests without a time, which no limit was charged for: 1"), "{out}");
}
