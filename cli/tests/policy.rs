//! `check`, `test`, `build` and `explain`, as a user runs them.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const PACK: &str = r#"
[pack]
id = "demo"
version = "1"
why = "x"

[[rule]]
id = "demo.tool"
when = 'request.headers["user-agent"].startsWith("curl/") && request.path != "/health"'
score = 40
layer = "device"
why = "says that it is curl"

[[rule.test]]
request = { headers = [["user-agent", "curl/8.5.0"]] }
fires = true
"#;

const POLICY: &str = "[policy]\nversion = \"1\"\nmode = \"enforce\"\npacks = [\"demo.toml\"]\n";

/// A policy in a folder of its own, which is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, pack: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        fs::write(path.join("demo.toml"), pack).unwrap();
        fs::write(path.join("outwork.toml"), POLICY).unwrap();
        Self(path)
    }

    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let Output { status, stdout, stderr } =
            Command::new(env!("CARGO_BIN_EXE_outwork")).args(arguments).current_dir(&self.0).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (status.code().unwrap(), text(stdout), text(stderr))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

#[test]
fn a_sound_policy_is_checked_tested_and_built() {
    let folder = Folder::new("sound", PACK);
    assert_eq!(folder.run(&["check", "."]), (0, ".: 1 rule, 0 limits, 1 test passed\n".into(), String::new()));
    assert_eq!(folder.run(&["check", "demo.toml"]).0, 0);
    let (code, out, _) = folder.run(&["test", "."]);
    assert!(code == 0 && out.starts_with("ok    1  demo.tool\n"), "{out}");
    let (code, out, _) = folder.run(&["build", ".", "-o", "a.bundle"]);
    assert!(code == 0 && out.starts_with("1-"), "{out}");
    folder.run(&["build", "outwork.toml", "-o", "b.bundle"]);
    assert_eq!(fs::read(folder.0.join("a.bundle")).unwrap(), fs::read(folder.0.join("b.bundle")).unwrap());
}

#[test]
fn a_mistake_is_shown_and_nothing_is_written() {
    let folder = Folder::new("mistaken", &PACK.replace("startsWith", "startWith"));
    for command in [&["check", "."][..], &["test", "."], &["build", ".", "-o", "a.bundle"], &["explain", "x.json"]] {
        let (code, out, complaint) = folder.run(command);
        assert_eq!((code, out.as_str()), (1, ""), "{command:?}");
        assert!(complaint.starts_with("error[OW0027]: there is no function `startWith`"), "{complaint}");
        assert!(complaint.contains("demo.toml:9:9") && complaint.contains("did you mean `startsWith`?"), "{complaint}");
    }
    assert!(!folder.0.join("a.bundle").exists());
}

#[test]
fn a_test_that_fails_fails_the_build() {
    let folder = Folder::new("failing", &PACK.replace("fires = true", "fires = false"));
    let (code, _, complaint) = folder.run(&["build", ".", "-o", "a.bundle"]);
    assert_eq!(code, 1);
    assert!(complaint.contains("OW0032"), "{complaint}");
    assert!(complaint.contains(r#"true       request.path != "/health"   (request.path is "/")"#), "{complaint}");
    assert!(!folder.0.join("a.bundle").exists());
}

#[test]
fn an_explanation_names_rule_parts_risk_and_signals() {
    let folder = Folder::new("explained", PACK);
    fs::write(folder.0.join("request.json"), r#"{"facts": {"headers": [["User-Agent", "curl/8.5.0"]], "ja4": null}}"#)
        .unwrap();
    folder.run(&["build", ".", "-o", "a.bundle"]);
    let (code, text, _) = folder.run(&["explain", "request.json", "-p", "a.bundle"]);
    assert_eq!((code, text.clone()), {
        let (code, text, _) = folder.run(&["explain", "request.json"]);
        (code, text)
    });
    for part in [
        "verdict  tag\n",
        "demo.tool: +40 points in device",
        "why      says that it is curl",
        "at       demo.toml:8",
        r#"true       request.path != "/health"   (request.path is "/")"#,
        "device     +40 demo.tool = 40; weighs 400 × 1000 seen",
        "header user-agent  \"curl/8.5.0\"",
        "+ outwork-risk: risk=40",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    let (_, json, _) = folder.run(&["explain", "request.json", "-p", "a.bundle", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["decision"]["reasons"], serde_json::json!(["demo.tool"]));
    assert_eq!(
        json["rules"][0]["condition"]["parts"][0],
        serde_json::json!({
            "text": "request.headers[\"user-agent\"].startsWith(\"curl/\")", "answer": "true",
            "reads": [{"field": "request.headers[\"user-agent\"]", "state": "known", "value": "curl/8.5.0"}]
        })
    );
    let signals = json["signals"].as_array().unwrap();
    let ja4 = signals.iter().find(|signal| signal["name"] == "tls.ja4").unwrap();
    assert_eq!(ja4["state"], "absent");
}

const LIMITS: &str = r#"
[[limit]]
id = "demo.per-ip"
when = 'request.path != ""'
key = ["ip"]
burst = 20
refill = "10/min"
cost = { low = 5 }
ladder = ["throttle", "block"]
decoy = "block"

[[limit]]
id = "demo.per-session"
when = 'request.path != ""'
key = ["session"]
burst = 20
refill = "10/min"

[[rule]]
id = "demo.bait"
when = 'request.path == "/.env"'
action = "decoy"
why = "bait"
"#;

#[test]
fn an_explanation_says_what_limits_take_ask_for_and_could_not_count() {
    let folder = Folder::new("limited", &format!("{PACK}{LIMITS}"));
    let ask = |target: &str| {
        let request = format!(r#"{{"target": "{target}", "address": "203.0.113.7"}}"#);
        fs::write(folder.0.join("request.json"), request).unwrap();
        folder.run(&["explain", "request.json"]).1
    };
    for (target, lines) in [
        (
            "/",
            "  demo.per-ip: admitted, takes 5, 15 of 20 left; who goes on: throttle 30 s, block 60 s\n  \
             demo.per-session: not charged, a part of its key is not known\n",
        ),
        (
            "/.env",
            "  demo.per-ip: refused, takes 5, 20 of 20 left, asks for block for 60 s, level 2; who goes on: throttle 30 s, block 60 s\n",
        ),
    ] {
        let text = ask(target);
        assert!(text.contains(lines), "{lines} in\n{text}");
    }
    let (_, json, _) = folder.run(&["explain", "request.json", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let charged = serde_json::json!({
        "cost": 5, "burst": 20, "remaining": 20, "admitted": false, "asks": "block", "level": 2, "wait": 60
    });
    assert_eq!(json["limits"][0]["charged"], charged);
    assert_eq!(json["limits"][0]["ladder"], serde_json::json!([["throttle", 30], ["block", 60]]));
}

#[test]
fn what_is_no_request_is_refused() {
    let folder = Folder::new("unread", PACK);
    fs::write(folder.0.join("request.json"), r#"{"agent": "x"}"#).unwrap();
    let (code, _, complaint) = folder.run(&["explain", "request.json"]);
    assert_eq!(code, 2);
    assert!(complaint.contains("unknown field `agent`") && complaint.contains("help:"), "{complaint}");
}

#[test]
fn a_rule_that_did_not_fire_says_why_not() {
    let pack = PACK.replace("request.path != \"/health\"", "!(ua.major < 100 || tls.ja4.known ? ua.mobile : false)");
    let folder = Folder::new("asked", &pack.replace("fires = true", "fires = false"));
    let agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";
    fs::write(folder.0.join("request.json"), format!(r#"{{"headers": [["user-agent", "{agent}"]], "ja4": null}}"#))
        .unwrap();
    let (code, text, _) = folder.run(&["explain", "request.json", "--rule", "demo.tool"]);
    assert_eq!(code, 0);
    for part in [
        "rules that fired (0)",
        "mode enforce, did not fire",
        "false      request.headers[\"user-agent\"].startsWith(\"curl/\")",
        "true       !(ua.major < 100 || tls.ja4.known ? ua.mobile : false)",
        "false          ua.major < 100 || tls.ja4.known\n",
        "ua.major < 100   (ua.major is 131)",
        "tls.ja4.known   (tls.ja4 is absent)",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    let (code, _, complaint) = folder.run(&["explain", "request.json", "--rule", "demo.tol"]);
    assert_eq!((code, complaint.as_str()), (2, "error: the policy has no rule `demo.tol`\n"));
}

#[test]
fn a_code_is_explained_by_its_page() {
    let folder = Folder::new("coded", PACK);
    let (code, page, _) = folder.run(&["explain", "OW0025"]);
    assert!(code == 0 && page.starts_with("# OW0025: a condition reads what does not exist\n"), "{page}");
    assert_eq!(folder.run(&["explain", "ow0025"]).1, page);
    let (code, _, complaint) = folder.run(&["explain", "OW9999"]);
    assert!(code == 2 && complaint.contains("there is no code `OW9999`"), "{complaint}");
}

#[test]
fn warnings_do_not_stop_a_build_unless_denied() {
    let twice = PACK.replace(
        "[[rule.test]]",
        "[[rule]]\nid = \"demo.twin\"\nwhen = 'ua.mobile && !ua.mobile'\nscore = 1\nwhy = \"x\"\n\n[[rule.test]]",
    );
    let folder = Folder::new("warned", &twice.replace("fires = true", "fires = false"));
    for command in [&["check", "."][..], &["test", "."], &["build", ".", "-o", "a.bundle"]] {
        let (code, _, complaint) = folder.run(command);
        assert!(code == 0 && complaint.starts_with("warning[OW0060]"), "{command:?}: {complaint}");
        let denied = [command, &["--deny-warnings"]].concat();
        let _ = fs::remove_file(folder.0.join("a.bundle"));
        assert_eq!(folder.run(&denied).0, 1, "{command:?}");
        assert!(!folder.0.join("a.bundle").exists());
    }
}

#[test]
fn what_a_rule_says_depends_on_the_day_that_is_explained() {
    let expiring = PACK.replace("score = 40", "score = 40\nuntil = 2031-01-01");
    let folder = Folder::new("until", &expiring);
    fs::write(folder.0.join("request.json"), r#"{"headers": [["user-agent", "curl/8.5.0"]]}"#).unwrap();
    let at = |day| {
        let (code, out, complaint) = folder.run(&["explain", "request.json", "-p", ".", "--at", day]);
        assert_eq!((code, complaint.as_str()), (0, ""));
        out
    };
    let (before, after) = (at("2031-01-01T23:59:59Z"), at("2031-01-02"));
    assert!(before.contains("at       2031-01-01T23:59:59Z\n"), "{before}");
    assert!(before.contains("+40 demo.tool") && !after.contains("+40 demo.tool"), "{before}{after}");
    assert_eq!(folder.run(&["explain", "request.json", "-p", ".", "--at", "tomorrow"]).0, 2);
}

#[test]
fn a_signature_is_judged_at_the_second_of_the_question() {
    let folder = Folder::new("signed", PACK);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let input = format!(
        r#"sig1=(\"@authority\");created={};expires={};keyid=\"poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U\";tag=\"web-bot-auth\""#,
        now - 60,
        now + 3_600
    );
    let request = format!(r#"{{"headers": [["Signature-Input", "{input}"], ["signature", "sig1=:QUFB:"]]}}"#);
    fs::write(folder.0.join("request.json"), request).unwrap();
    let outcome = |more: &[&str]| {
        let (code, out, complaint) = folder.run(&[&["explain", "request.json", "-p", "."], more].concat());
        assert_eq!((code, complaint.as_str()), (0, ""));
        let line = out.lines().find(|line| line.trim_start().starts_with("agent.signature")).unwrap();
        line.trim().strip_prefix("agent.signature").unwrap().trim().to_owned()
    };
    // Nobody here has the key, which is all that is wrong with it.
    assert_eq!(outcome(&[]), "\"unverifiable\"");
    assert_eq!(outcome(&["--at", "2d"]), "\"invalid\"", "it was not made yet");
}
