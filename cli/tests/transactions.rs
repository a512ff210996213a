//! `outwork test` and `outwork explain` of transactions, as a user runs them.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

fn outwork(arguments: &[&str], input: &str) -> String {
    let policy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/transactions/policy");
    let mut command = Command::new(env!("CARGO_BIN_EXE_outwork"));
    command.args(arguments).arg(policy).stdin(Stdio::piped()).stdout(Stdio::piped());
    if !input.is_empty() {
        command.arg("-");
    }
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    assert!(done.status.success());
    String::from_utf8(done.stdout).unwrap()
}

#[test]
fn tests_of_transactions_are_counted() {
    let out = outwork(&["test"], "");
    assert!(out.contains("ok    2  transaction.checkout\n"), "{out}");
    assert!(out.contains("0 rules, 2 limits, 5 transactions, 2 tests passed; 0 rules have no test"), "{out}");
}

#[test]
fn an_explanation_says_what_a_transaction_demands_and_what_becomes_of_the_body() {
    let explain = |request: &str| outwork(&["explain", "--policy"], request);
    let out = explain(r#"{"method": "POST", "target": "/checkout", "body": "amount=12", "session": {"idle": 900}}"#);
    assert!(
        out.contains("checkout: window inside for 3 s demanded, and it is expiring, open for 900 s: challenge, binds at most 1024 bytes"),
        "{out}"
    );
    assert!(out.contains("why      who pays is observed first"), "{out}");
    let out = explain(r#"{"method": "POST", "target": "/checkout", "body": "amount=12", "session": {"age": 60}}"#);
    assert!(
        out.contains("checkout: window inside for 3 s demanded, and it is inside, open for 60 s, its body is bound (at most 1024 bytes)"),
        "{out}"
    );
    assert!(
        out.contains("+ content-digest: sha-256=:") && out.contains("transaction=\"checkout\";body=bound"),
        "{out}"
    );
    let out = explain(r#"{"target": "/pay"}"#);
    assert!(out.contains("pay: any window, its body is bound"), "{out}");
    assert!(!explain(r#"{"target": "/"}"#).contains("\ntransactions\n"));
}
