//! `outwork test` and `outwork explain` of transactions, as a user runs them.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use outwork_compiler::Request;
use outwork_engine::{
    keys::Keyring,
    policy::Policy,
    record::{self, Context, Format},
    rules::Scratch,
    time::Time,
};
use std::fs;
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

const PAYMENTS: &str = r#"
[policy]
version = "1"
mode = "enforce"
packs = ["shop.toml"]

[[transaction]]
id = "checkout"
when = 'request.path == "/checkout"'
window = "inside"
otherwise = "challenge"
why = "who pays is observed first"

[[transaction]]
id = "told"
when = 'request.path == "/told"'
window = "expiring"
otherwise = "tag"
why = "the site decides"

[[transaction]]
id = "free"
when = 'request.path == "/free"'
window = "any"
bind_body = true
why = "a payment by whoever"
"#;

const SHOP: &str = r#"
[pack]
id = "shop"
version = "1"
why = "what the shop wants"

[[rule]]
id = "shop.partner"
when = 'request.headers["x-partner"] == "1"'
action = "allow"
why = "has a contract"
"#;

#[test]
fn a_record_tells_what_became_of_a_demand() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("outwork.toml"), PAYMENTS).unwrap();
    fs::write(folder.path().join("shop.toml"), SHOP).unwrap();
    let bundle = outwork_compiler::compile(folder.path()).unwrap_or_else(|report| panic!("{}", report.render(false)));
    fs::write(folder.path().join("of-the-day.bundle"), &bundle.bundle).unwrap();
    let policy = Policy::load(&bundle.bundle).unwrap();
    let keys = Keyring::parse("k:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=").unwrap();
    let cases = [
        ("/checkout", r#"{"age": 60}"#, false, "met; transaction checkout, body none", "and that was so"),
        ("/checkout", "null", false, "unmet; transaction", "the window was `none`. Nothing stood in for it."),
        ("/checkout", r#"{"age": 1}"#, false, "unmet; transaction", "it was too young. Nothing stood in for it."),
        (
            "/checkout",
            r#"{"observations": 0, "clearance": "work"}"#,
            false,
            "cleared;",
            "A challenge that was passed stood in",
        ),
        ("/checkout", "null", true, "exempt;", "A rule that allows lifted the demand."),
        ("/told", r#"{"idle": 90000}"#, false, "unmet; transaction told", "It went on all the same"),
        ("/free", "null", false, "none is recorded; transaction free, body bound", "bundle"),
    ];
    for (at, (target, session, is_partner, demand, told)) in (0_u8..).zip(cases) {
        let headers = if is_partner { r#"[["x-partner", "1"]]"# } else { "[]" };
        let request = format!(r#"{{"target": "{target}", "session": {session}, "headers": {headers}, "body": ""}}"#);
        let request: Request = serde_json::from_str(&request).unwrap();
        for format in [Format::Ocsf, Format::Ecs] {
            let (record, id) = request.with_facts(Time::from_seconds(1_795_341_600), [at; 16], |facts| {
                let decision = policy.assess(facts, &keys, &mut Scratch::default()).decide(&[]);
                let mut context = Context::NATIVE;
                context.records.format = format;
                (record::write(&decision, facts, &keys, context), decision.id.as_str().to_owned())
            });
            let log = folder.path().join("records.jsonl");
            fs::write(&log, record + "\n").unwrap();
            let mut command = Command::new(env!("CARGO_BIN_EXE_outwork"));
            command.args(["explain", "--id", &id, "--records"]).arg(log).arg("--bundles").arg(folder.path());
            let out = command.env_remove("OUTWORK_KEYS").env_remove("OUTWORK_AUDIT_KEYS").output().unwrap();
            let out = String::from_utf8(out.stdout).unwrap();
            assert!(out.contains(&format!("demand   {demand}")) && out.contains(told), "{target} {session}: {out}");
            assert!(out.contains("layers, risk, band and verdict come out as recorded"), "{target} {session}: {out}");
        }
    }
}
