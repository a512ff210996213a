//! A log of which a part was sampled says of all requests what happened, about.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

use outwork_compiler::{Request, compile_files};
use outwork_engine::{
    keys::Keyring,
    policy::Policy,
    record::{self, Context},
    rules::Scratch,
    time::Time,
};
use outwork_replay::{
    Budgets, Diff, DiffSummary, Estimate, Input, Keep, Options, Progress, Simulated, Simulation, Sink, Summary, Tally,
    Window, play, text,
};
use serde_json::json;
use std::{collections::BTreeMap, fs, io, io::Cursor, path::Path};

/// A pack beside the settings of its policy.
struct Files<'f>(&'f str, &'f str);

impl outwork_compiler::Files for Files<'_> {
    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        let text = if name.ends_with("outwork.toml") { self.0 } else { self.1 };
        Ok(text.as_bytes().to_vec())
    }
}

fn policy(sample: &str, more: &str) -> Policy {
    let settings = format!("[policy]\nversion = \"1\"\npacks = [\"a.toml\"]\nsample_allowed = {sample}\n");
    let pack = format!(
        "[pack]\nid = \"a\"\nversion = \"1\"\nwhy = \"known\"\n\n\
         [[rule]]\nid = \"a.secrets\"\nwhen = 'request.path == \"/secrets\"'\naction = \"block\"\nwhy = \"never asked for\"\n\n{more}"
    );
    let compiled = compile_files(&Files(&settings, &pack), "outwork.toml");
    Policy::load(&compiled.unwrap_or_else(|report| panic!("{}", report.render(false))).bundle).unwrap()
}

const REQUESTS: u64 = 20_000;
const START: u64 = 1_795_305_600;

/// Of a hundred requests one is for secrets, which is blocked, and twenty for the shop; two a second.
fn path(request: u64) -> &'static str {
    match request % 100 {
        0 => "/secrets",
        1..=20 => "/shop",
        _ => "/",
    }
}

/// What a host would have logged.
fn log(policy: &Policy) -> String {
    let keys = Keyring::parse("k:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=").unwrap();
    let (mut scratch, mut log) = (Scratch::default(), String::new());
    for number in 0..REQUESTS {
        let request: Request = serde_json::from_value(json!({
            "method": "GET", "scheme": "https", "authority": "shop.example", "target": path(number),
            "headers": [["user-agent", "Mozilla/5.0"]], "address": format!("192.0.2.{}", number % 50),
        }))
        .unwrap();
        let entropy = u128::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835).to_be_bytes();
        request.with_facts(Time::from_seconds(START + number / 2), entropy, |facts| {
            let decision = policy.assess(facts, &keys, &mut scratch).decide(&[]);
            if let Some(sampled) = policy.keeps(&decision, &keys) {
                let context = Context { sampled, records: policy.settings().records, ..Context::NATIVE };
                log += &(record::write(&decision, facts, &keys, context) + "\n");
            }
        });
    }
    log
}

fn played<S: Sink>(
    log: &str,
    window: Window,
    policies: &[&Policy],
    sink: impl Fn() -> S + Sync,
) -> outwork_replay::Played<S> {
    let options = Options {
        format: None,
        map: None,
        limits: true,
        window,
        jobs: 2,
        now: Time::default(),
        progress: Progress::default(),
    };
    let input = Input::of("log".into(), Cursor::new(log.to_owned()), None, &Progress::default()).unwrap();
    play(vec![input], policies, &options, sink, None).unwrap()
}

fn replayed(log: &str, window: Window, policy: &Policy) -> Summary {
    let keep = Keep { samples: 0, decisions: false };
    Summary::of(played(log, window, &[policy], || Tally::new(policy, keep)), &["log".into()], true, 5)
}

/// Whether an estimate is within four of its standard errors.
fn is_near(estimated: u64, known: u64, error: f64) -> bool {
    (estimated as f64 - known as f64).abs() <= 4.0 * error
}

#[test]
fn a_sample_is_summed_up_as_the_whole() {
    let (all, tenth) = (policy("1.0", ""), policy("0.1", ""));
    let whole = replayed(&log(&all), Window::default(), &all);
    assert_eq!((whole.requests, whole.verdicts.block, whole.verdicts.allow), (REQUESTS, 200, 19_800));
    assert!(whole.estimate.is_none() && !text::replay(&whole).contains('±'));
    let sample = log(&tenth);
    let part = replayed(&sample, Window::default(), &all);
    let Estimate { lines, sampled, requests_error, share_errors } = part.estimate.clone().unwrap();
    assert_eq!((lines, sampled + 200), (sample.lines().count() as u64, lines));
    assert!((1_700..2_300).contains(&sampled), "{sampled}");
    // √(19,800 × 0.9 / 0.1)
    assert!((requests_error / 422.1 - 1.0).abs() < 0.1, "{requests_error}");
    assert!(is_near(part.requests, REQUESTS, requests_error), "{}", part.requests);
    assert_eq!(part.verdicts.block, 200, "each of them is kept");
    assert!(is_near(part.verdicts.allow, 19_800, requests_error));
    let share = 200.0 / part.requests as f64;
    assert!((share - 0.01).abs() <= 4.0 * share_errors["block"] && share_errors["block"] > 0.0);
    assert_eq!(part.risk.iter().sum::<u64>(), part.requests);
    let hours: u64 = part.hours.iter().map(|hour| hour.verdicts.all()).sum();
    assert!(hours.abs_diff(part.requests) <= part.hours.len() as u64);
    assert_eq!(part.client_count, 50, "nobody is invented");
    let said = text::replay(&part);
    assert!(said.contains(&format!("estimated, ± {requests_error:.0}: ")) && said.contains(" % ± 0.0"), "{said}");
    assert!(outwork_replay::html::replay(&part).contains("Estimated"));
}

#[test]
fn what_a_new_policy_does_to_sampled_requests_is_scaled() {
    let shut = "[[rule]]\nid = \"a.shop\"\nwhen = 'request.path == \"/shop\"'\naction = \"block\"\nwhy = \"shut\"\n";
    let (old, new) = (policy("0.1", ""), policy("0.1", shut));
    let budgets = Budgets {
        newly_blocked: Some("19%".parse().unwrap()),
        changed: Some("21%".parse().unwrap()),
        ..Budgets::default()
    };
    let log = log(&old) + "no record\n";
    let played = played(&log, Window::default(), &[&old, &new], || Diff::new(&old, &new, 0));
    let diff = DiffSummary::of(played, &["log".into()], true, 5, budgets);
    let errors: BTreeMap<_, _> = diff.estimate.clone().unwrap().share_errors;
    let share = diff.newly_blocked as f64 / diff.requests as f64;
    assert!((share - 0.2).abs() <= 4.0 * errors["newly_blocked"], "{share} {errors:?}");
    // √(0.2 × 0.8 / 2,000), about
    assert!((errors["changed"] / 0.0085 - 1.0).abs() < 0.1, "{errors:?}");
    assert_eq!(errors["newly_throttled"], 0.0);
    let unread = diff.budgets.iter().find(|within| within.name == "unread").unwrap();
    assert_eq!((unread.requests, unread.of, unread.share_error), (1, log.lines().count() as u64, None));
    let blocked = diff.budgets.iter().find(|within| within.name == "newly-blocked").unwrap();
    assert_eq!((blocked.requests, blocked.share_error), (diff.newly_blocked, Some(errors["newly_blocked"])));
    assert_eq!(diff.causes.first().unwrap().requests, diff.newly_blocked);
    assert!(text::diff(&diff).contains(&format!("± {:.2}", 100.0 * errors["changed"])));
}

#[test]
fn a_sample_charges_limits_too_little_and_says_so() {
    let limit =
        "[[limit]]\nid = \"a.ip\"\nwhen = 'request.path == \"/\"'\nkey = [\"ip\"]\nburst = 2\nrefill = \"1/min\"\n";
    let policy = policy("0.1", limit);
    let summary = replayed(&log(&policy), Window::default(), &policy);
    let is_thinned = |caution: &String| caution.starts_with("limits were charged by a sample: ");
    assert!(summary.cautions.iter().any(is_thinned), "{:?}", summary.cautions);
    let played = played(&log(&policy), Window::default(), &[&policy], || Simulated::new(&policy));
    let simulation = Simulation::of(played, &["log".into()], 1);
    assert!(simulation.sampled > 1_000 && simulation.cautions.first().is_some_and(is_thinned));
}

#[test]
fn a_line_of_an_access_log_is_one_request_whatever_became_of_its_record() {
    let reader = outwork_replay::Reader::new(outwork_replay::Format::Envoy);
    let record = log(&policy("0.1", "")).lines().find(|line| line.contains("\"sampled\":0.1")).unwrap().to_owned();
    let read = |line: serde_json::Value| f64::from(reader.read(line.to_string().as_bytes()).unwrap().rate);
    assert_eq!(read(json!({"method": "GET", "path": "/", "outwork": record})), 1.0);
    assert_eq!(read(json!({"status": 200, "outwork": record})), 0.1);
    let records = outwork_replay::Reader::new(outwork_replay::Format::Records);
    let zero = record.replace("\"sampled\":0.1", "\"sampled\":0");
    assert_eq!(records.read(zero.as_bytes()).unwrap_err(), outwork_replay::Reject::BadRate);
}

#[test]
fn only_lines_of_the_time_asked_for_count() {
    let old = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/logs/old.toml");
    let bundle = outwork_compiler::compile(&old).unwrap_or_else(|report| panic!("{}", report.render(false))).bundle;
    let policy = Policy::load(&bundle).unwrap();
    let log =
        fs::read_to_string(old.with_file_name("envoy.json")).unwrap() + "{\"method\":\"GET\",\"path\":\"/timeless\"}\n";
    let all = replayed(&log, Window::default(), &policy);
    assert!(all.passed.is_none());
    let window = |since: u64, until: u64| Window {
        since: Some(Time::from_seconds(since)),
        until: Some(Time::from_seconds(until)),
    };
    let whole = replayed(&log, window(0, 4_000_000_000), &policy);
    assert_eq!((whole.requests, whole.passed.unwrap().timeless), (all.requests - 1, 1));
    let none = replayed(&log, window(0, 1), &policy);
    assert_eq!((none.requests, none.passed.unwrap().outside), (0, all.requests - 1));
    assert_eq!(none.rejected.lines, all.rejected.lines);
    assert!(none.limits.iter().all(|limit| limit.charged == 0), "{:?}", none.limits);
}
