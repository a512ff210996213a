//! `outwork test --corpus`, as a user runs it.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const PACK: &str = r#"
[pack]
id = "demo"
version = "1"
why = "x"

[[rule]]
id = "demo.tool"
when = 'request.path == "/login" && ua.tool.known'
score = 40
action = "tag"
why = "x"
"#;

const CASES: &str = r#"{"id":"login.curl","facts":{"target":"/login","headers":[["user-agent","curl/8.5.0"]]},"expect":{"verdict":"tag","reasons":["demo.tool"]}}
{"id":"home.curl","facts":{"headers":[["user-agent","curl/8.5.0"]]},"expect":{"verdict":"tag","reasons":["demo.tool"]}}

{"id":"home.new","facts":{}}
"#;

fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("cases-{name}-{}", std::process::id()));
    fs::create_dir_all(path.join("cases")).unwrap();
    fs::write(path.join("pack.toml"), PACK).unwrap();
    fs::write(path.join("cases/a.jsonl"), CASES).unwrap();
    path
}

fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_outwork"));
    let done = command.args(["test", "pack.toml"]).args(arguments).current_dir(folder).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (done.status.code().unwrap(), text(done.stdout), text(done.stderr))
}

#[test]
fn a_case_that_is_not_as_expected_is_shown_with_what_was_missed() {
    let folder = folder("shown");
    let (code, out, _) = run(&folder, &["--corpus", "cases"]);
    assert_eq!(code, 1);
    for part in [
        "not as expected: home.curl\n",
        "verdict   expected \"tag\"\n",
        "got \"allow\"\n",
        "demo.tool: +40 points, action tag, mode enforce, did not fire\n",
        "false      request.path == \"/login\"   (request.path is \"/\")\n",
        "3 cases: 1 as expected, 1 not, 1 without an expectation\n",
    ] {
        assert!(out.contains(part), "{part} in\n{out}");
    }
    let (code, out, _) = run(&folder, &["--corpus", "cases/a.jsonl", "--filter", "login"]);
    assert!(code == 0 && out.ends_with("1 cases: 1 as expected, 0 not\n"), "{out}");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_blessing_writes_what_differs_and_leaves_the_rest() {
    let folder = folder("blessed");
    let (code, out, _) = run(&folder, &["--corpus", "cases", "--bless"]);
    assert!(code == 0 && out.contains("a.jsonl: 2 expectations written"), "{out}");
    let lines = fs::read_to_string(folder.join("cases/a.jsonl")).unwrap();
    let mut lines = lines.lines();
    assert_eq!(lines.next(), CASES.lines().next());
    assert!(lines.next().unwrap().contains(r#""expect":{"verdict":"allow","risk":0,"reasons":[],"origin":{"#));
    assert_eq!(run(&folder, &["--corpus", "cases"]).0, 0);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn what_is_no_case_is_named_by_its_line() {
    let folder = folder("unread");
    fs::write(
        folder.join("cases/a.jsonl"),
        "{\"id\": \"a\", \"facts\": {}}\n{\"id\": \"b\", \"facts\": {\"agent\": 1}}\n",
    )
    .unwrap();
    let (code, _, complaint) = run(&folder, &["--corpus", "cases"]);
    assert!(code == 2 && complaint.contains("a.jsonl:2` is no case: unknown field `agent`"), "{complaint}");
    let (code, _, complaint) = run(&folder, &["--corpus", "nowhere"]);
    assert!(code == 2 && complaint.contains("`nowhere` cannot be read"), "{complaint}");
    fs::remove_dir_all(folder).unwrap();
}

/// Reasoned by hand: nothing blesses them.
#[test]
fn challenges_are_as_reasoned() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/corpus/challenge");
    let done = Command::new(env!("CARGO_BIN_EXE_outwork"))
        .args(["test", ".", "--corpus", "cases.jsonl"])
        .current_dir(folder)
        .output()
        .unwrap();
    let out = String::from_utf8(done.stdout).unwrap();
    assert!(done.status.success(), "{out}");
    assert!(out.contains("48 cases: 48 as expected, 0 not"), "{out}");
}
