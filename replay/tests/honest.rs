//! What a replay says of itself: nothing that a log does not tell is made up, and what could not be simulated is said.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

use outwork_engine::{policy::Policy, time::Time};
use outwork_replay::{
    Budgets, Diff, DiffSummary, Format, Input, Keep, Options, Played, Progress, Sink, Summary, Tally, Window, play,
    text,
};
use std::{fmt::Write, fs, io::Cursor, path::Path};

const OPTIONS: Keep = Keep { samples: 0, decisions: false };

/// The policy of a pack.
fn policy(name: &str, rules: &str) -> Policy {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}.toml", std::process::id()));
    fs::write(&path, format!("[pack]\nid = \"t\"\nversion = \"1\"\nwhy = \"x\"\n{rules}")).unwrap();
    let compiled = outwork_compiler::compile(&path);
    fs::remove_file(&path).unwrap();
    Policy::load(&compiled.unwrap_or_else(|report| panic!("{}", report.render(false))).bundle).unwrap()
}

fn played<S: Sink>(format: Format, policies: &[&Policy], logs: &[&str], sink: impl Fn() -> S + Sync) -> Played<S> {
    let progress = Progress::default();
    let open = |log: &&str| Input::of("log".into(), Cursor::new((*log).to_owned()), None, &progress).unwrap();
    let inputs = logs.iter().map(open).collect();
    let (now, progress) = (Time::from_seconds(1_795_305_600), Progress::default());
    let options =
        Options { format: Some(format), map: None, limits: true, window: Window::default(), jobs: 1, now, progress };
    play(inputs, policies, &options, sink, None).unwrap()
}

fn replay(format: Format, policy: &Policy, logs: &[&str]) -> Summary {
    let names: Vec<_> = logs.iter().map(|_| "log".to_owned()).collect();
    Summary::of(played(format, &[policy], logs, || Tally::new(policy, OPTIONS)), &names, true, 5)
}

fn combined(times: &[&str]) -> String {
    let line = |time| format!("203.0.113.7 - - [{time} +0000] \"GET /a HTTP/1.1\" 200 1 \"-\" \"curl/8\"\n");
    times.iter().map(line).collect()
}

/// One record of each of so many clients.
fn records(clients: u32) -> String {
    (0..clients).fold(String::new(), |mut out, client| {
        let uid = client.wrapping_mul(2_654_435_761);
        let _ = writeln!(
            out,
            r#"{{"class_uid":4002,"time":1795305600123,"http_request":{{"http_method":"GET","url":{{"scheme":"https","hostname":"a.example","path":"/a"}},"user_agent":"x","version":"HTTP/2"}},"src_endpoint":{{"uid":"00000000{uid:08x}"}},"unmapped":{{"outwork":{{"verdict":"allow","enforced":true,"context":0}}}}}}"#
        );
        out
    })
}

const PER_ADDRESS: &str =
    "[[limit]]\nid = \"t.ip\"\nwhen = 'true'\nkey = [\"ip\"]\nburst = 2\nrefill = \"1/min\"\nwhy = \"x\"\n";
const PER_DEVICE: &str = "[[limit]]\nid = \"t.dev\"\nwhen = 'request.path == \"/a\" || tls.sni == \"b\"'\nkey = [\"device\"]\nburst = 1\nrefill = \"1/min\"\nwhy = \"x\"\n";

#[test]
fn files_in_the_wrong_order_refuse_nobody_and_are_told() {
    let policy = policy("order", PER_ADDRESS);
    let old = combined(&["21/Nov/2026:00:00:00", "21/Nov/2026:00:10:00", "21/Nov/2026:00:20:00"]);
    let new = combined(&["22/Nov/2026:00:00:00", "22/Nov/2026:00:10:00", "22/Nov/2026:00:20:00"]);
    for (logs, restarts) in [([&*old, &*new], 0), ([&*new, &*old], 1)] {
        let summary = replay(Format::Combined, &policy, &logs);
        assert_eq!((summary.verdicts.throttle, summary.limits_restarted, summary.lines_late), (0, restarts, 0));
        assert_eq!(text::replay(&summary).contains("give the oldest first"), restarts > 0);
    }
    let shuffled = combined(&["22/Nov/2026:01:00:00", "22/Nov/2026:00:00:00", "22/Nov/2026:01:10:00"]);
    let summary = replay(Format::Combined, &policy, &[&shuffled]);
    assert_eq!((summary.verdicts.throttle, summary.limits_restarted, summary.lines_late), (0, 0, 1));
}

#[test]
fn a_pseudonym_stands_for_the_address_in_limits_and_canaries() {
    let rule = "[[rule]]\nid = \"t.a\"\nwhen = 'request.path == \"/a\"'\naction = \"block\"\nmode = { canary = 30 }\nwhy = \"x\"\n";
    let summary = replay(Format::Records, &policy("canary", rule), &[&records(1_000)]);
    assert!((200..400).contains(&summary.verdicts.block), "{} of 1,000", summary.verdicts.block);
    let twice = records(1) + &records(1) + &records(1) + &records(2);
    let summary = replay(Format::Records, &policy("pseudonym", PER_ADDRESS), &[&twice]);
    let [limit] = summary.limits.as_slice() else { panic!("{:?}", summary.limits) };
    assert_eq!((limit.charged, limit.refused, limit.keyless), (5, 2, 0));
}

#[test]
fn each_record_of_a_line_is_a_request_and_a_line_without_one_is_none() {
    let rule = "[[rule]]\nid = \"t.a\"\nwhen = 'request.path == \"/a\"'\naction = \"tag\"\nwhy = \"x\"\n";
    let texts =
        records(3).lines().map(|record| serde_json::Value::from(record).to_string()).collect::<Vec<_>>().join(",");
    let log = format!("{{\"Logs\":[{{\"Message\":[{texts}]}}]}}\n{}", records(1).replace("verdict", "opinion"));
    let summary = replay(Format::Records, &policy("batch", rule), &[&log]);
    assert_eq!((summary.verdicts.tag, summary.requests, summary.rejected.lines), (3, 3, 1));
    assert_eq!(summary.rejected.first.first().unwrap().reason, "it holds no record of a decision");
}

#[test]
fn canaries_of_nobody_are_told() {
    let rule = "[[rule]]\nid = \"t.a\"\nwhen = 'true'\naction = \"tag\"\nmode = { canary = 30 }\nwhy = \"x\"\n";
    let summary = replay(Format::Envoy, &policy("nobody", rule), &["{\"method\":\"GET\",\"path\":\"/\"}\n"]);
    assert!(text::replay(&summary).contains("canaries cannot be told apart"), "{:?}", summary.cautions);
}

#[test]
fn a_limit_that_cannot_be_charged_is_named() {
    let (without, with) = (policy("without", PER_ADDRESS), policy("with", &format!("{PER_ADDRESS}{PER_DEVICE}")));
    let log = combined(&["22/Nov/2026:00:00:00", "22/Nov/2026:00:10:00"]);
    let summary = replay(Format::Combined, &with, &[&log]);
    let rows: Vec<_> = summary.limits.iter().map(|limit| (limit.id.as_str(), limit.charged, limit.keyless)).collect();
    assert_eq!(rows, [("t.ip", 2, 0), ("t.dev", 0, 2)]);
    let says = "limit `t.dev` was due 2 times, 2 of them without a part of its key in the log";
    assert!(text::replay(&summary).contains(says), "{:?}", summary.cautions);
    assert!(summary.unavailable.iter().any(|row| row.field == "tls.sni" && row.rules == ["t.dev"]));
    let sink = || Diff::new(&without, &with, 0);
    let played = played(Format::Combined, &[&without, &with], &[&log], sink);
    let diff = DiffSummary::of(played, &["log".to_owned()], true, 5, Budgets::default());
    assert!(text::diff(&diff).contains(&format!("new: {says}")), "{:?}", diff.cautions);
}

#[test]
fn what_the_log_does_not_tell_is_asked_of_every_line_and_of_lists() {
    let rules = r#"
[[rule]]
id = "t.language"
when = '!("accept-language" in request.headers)'
action = "tag"
why = "x"
[[rule]]
id = "t.names"
when = 'request.headers.exists(h, h.startsWith("x-evil"))'
action = "tag"
why = "x"
[[rule]]
id = "t.text"
when = 'request.path == "tls.ja4 request.headers[\"x\"]"'
action = "tag"
why = "x"
"#;
    let with = r#"{"method":"GET","path":"/","headers":{"accept-language":"de"}}"#;
    let log = format!("{with}\n{}", "{\"method\":\"GET\",\"path\":\"/\"}\n".repeat(3));
    let summary = replay(Format::Envoy, &policy("fields", rules), &[&log]);
    assert_eq!(summary.asked, 4);
    let mut rows: Vec<_> = summary.unavailable.iter().map(|row| (row.field.as_str(), row.lines)).collect();
    rows.sort_unstable();
    assert_eq!(rows, [("request.header_names", 4), ("request.headers[\"accept-language\"]", 3)]);
}
