//! `eval policy`, as a user runs it, and what the behaviour pack makes of single observations.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use outwork_engine::{
    beacon::{Environment, Feature},
    facts::Session,
    keys::Keyring,
    policy::Policy,
    risk::Band,
    rules::Scratch,
    signals::Sample,
    window::Window,
};
use std::fmt::Write as _;
use std::fs;
use std::io::BufRead as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const RULES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../rules");

/// A file of its own, which is removed at the end.
struct File(PathBuf);

impl File {
    fn new(name: &str, text: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{name}", std::process::id()));
        fs::write(&path, text).unwrap();
        Self(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        fs::remove_file(&self.0).unwrap();
    }
}

fn outwork(arguments: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } =
        Command::new(env!("CARGO_BIN_EXE_outwork")).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

fn session(label: &str, events: &str) -> String {
    format!(
        "{{\"source\":\"made\",\"session_id\":\"{label}/1\",\"user\":\"{label}\",\"label\":\"{label}\",\"pointer_type\":\"mouse\",\"events\":[{events}]}}\n"
    )
}

/// A click on each of six places, where the pointer is at once.
fn teleports() -> String {
    let mut events = String::new();
    for (n, x) in [300, 900, 120, 700, 400, 1_000].into_iter().enumerate() {
        let at = n * 700;
        write!(events, "[{at},{x},{0},\"m\"],[{1},{x},{0},\"d\"],[{2},{x},{0},\"u\"],", x / 2, at + 30, at + 90)
            .unwrap();
    }
    events.trim_end_matches(',').to_owned()
}

/// Ten seconds of a path that bends and changes its speed.
fn wander() -> String {
    let place = |n: u32| {
        let at = f64::from(n) * 0.021;
        (
            600.0 + 400.0 * (at * 1.7).sin() + 90.0 * (at * 5.1).cos(),
            400.0 + 250.0 * (at * 1.1).cos() + 60.0 * (at * 4.3).sin(),
        )
    };
    let event = |n| {
        let (x, y) = place(n);
        format!("[{},{x:.0},{y:.0},\"m\"]", n * 16)
    };
    (0..600).map(event).collect::<Vec<_>>().join(",")
}

/// One move and one click on each of twelve elements, four seconds apart: a batch each, and places go on from batch to batch.
#[test]
fn slow_teleports_are_seen() {
    let mut events = String::new();
    for n in 0..12 {
        let (at, x) = (n * 4_000, 100 + 631 * n % 1_000);
        write!(events, "[{at},{x},{x},\"m\"],[{0},{x},{x},\"d\"],[{1},{x},{x},\"u\"],", at + 30, at + 90).unwrap();
    }
    let file = File::new("slow.jsonl", &session("bot:slow", events.trim_end_matches(',')));
    let rows = |input| {
        let (_, json, _) =
            outwork(&["eval", "policy", file.0.to_str().unwrap(), "-p", RULES, "--json", "--input", input]);
        serde_json::from_str::<serde_json::Value>(&json).unwrap()["sources"][0].clone()
    };
    let selenium = rows("selenium");
    assert!(selenium["reasons"].to_string().contains("behaviour.slow-teleport"), "{selenium}");
    assert_eq!(
        (&selenium["above_low"], &selenium["high"]),
        (&1.0.into(), &0.0.into()),
        "medium, without a second tell"
    );
    assert_eq!(rows("cdp-puppeteer")["high"], 1.0);
    assert_eq!(rows("os")["above_low"], 0.0);
}

#[test]
fn a_policy_is_evaluated_by_source() {
    let file = File::new("eval.jsonl", &[session("human", &wander()), session("bot:jump", &teleports())].concat());
    let path = file.0.to_str().unwrap();
    let rows = |input| {
        let (code, json, error) = outwork(&["eval", "policy", path, "-p", RULES, "--json", "--input", input]);
        assert_eq!((code, error.as_str()), (0, ""));
        let evaluation: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(evaluation["unobserved_risk"], 0);
        evaluation["sources"].as_array().unwrap().clone()
    };
    let (driven, told, moved) = (rows("selenium"), rows("cdp-puppeteer"), rows("os"));
    assert_eq!((&driven[0]["source"], &driven[0]["above_low"]), (&"bot, jump".into(), &1.0.into()));
    assert_eq!((&driven[0]["high"], &told[0]["high"]), (&0.0.into(), &1.0.into()));
    assert_eq!((&moved[1]["source"], &moved[1]["above_low"]), (&"human, made".into(), &0.0.into()));
    let (_, text, _) = outwork(&["eval", "policy", path, "-p", RULES]);
    assert!(text.contains("bot, jump") && text.contains("human, made"), "{text}");
}

/// The band of a clean Chrome whose window has these features, with full confidence.
fn band(policy: &Policy, features: &[(Feature, u16)]) -> (Band, u8) {
    let headers: Vec<(&[u8], &[u8])> =
        Sample::CHROME.headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
    let mut window = Window::new([1; 16], Sample::NOW);
    (window.observed, window.sure, window.observations) = (Some(Sample::NOW), 1_000, 4);
    features.iter().for_each(|&(feature, value)| window.features.set(feature, value));
    let mut facts = Sample::CHROME.facts(&headers);
    facts.session = Session::Window(&window, None);
    let keys = Keyring::parse("a:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE").unwrap();
    let mut scratch = Scratch::default();
    let judgement = policy.assess(&facts, &keys, &mut scratch).judge(&[]);
    (judgement.band, judgement.risk.total)
}

#[test]
fn no_observation_alone_is_more_than_low() {
    use Feature::{
        BeaconEnvironment, BeaconEvents, BeaconHiddenInput, BeaconPresses, BeaconUntrusted, ClickCentred, ClickCount,
        ClickPressure, ClickUnled, KeyDwellSpread, KeyEvents, PointerCoalesced, PointerEvents, PointerFractional,
        PointerJumps, PointerRepeats, PointerStraight, PointerStrokes, TouchEvents, TouchRadiusSpread,
    };
    let bundle = outwork_compiler::compile(Path::new(RULES)).map_err(|_| "mistakes").unwrap().bundle;
    let policy = Policy::load(&bundle).unwrap();
    let one_by_one = [(PointerEvents, 300), (PointerCoalesced, 100)];
    let mouse = [(PointerEvents, 300), (PointerCoalesced, 360), (ClickCount, 9), (ClickPressure, 502)];
    let alone: [&[(Feature, u16)]; 12] = [
        &one_by_one,
        // A touch pad as slow as the screen, on a scaled display.
        &[one_by_one[0], one_by_one[1], (PointerFractional, 900), (ClickCount, 9), (ClickPressure, 502)],
        &[mouse[0], mouse[1], (PointerFractional, 900)],
        &[mouse[0], mouse[1], (ClickCount, 9), (ClickPressure, 0)],
        &[mouse[0], mouse[1], (PointerRepeats, 1_000)],
        &[mouse[0], mouse[1], (PointerStraight, 1_000), (PointerStrokes, 9)],
        &[mouse[0], mouse[1], mouse[2], mouse[3], (ClickUnled, 1_000), (PointerJumps, 1_000)],
        &[mouse[0], mouse[1], mouse[2], mouse[3], (ClickCentred, 1_000)],
        &[mouse[0], mouse[1], (BeaconUntrusted, 1_000), (BeaconEvents, 300)],
        &[mouse[0], mouse[1], (BeaconHiddenInput, 300)],
        &[mouse[0], mouse[1], (BeaconEnvironment, Environment::WEBDRIVER.0)],
        // Keyboard and assistive technology; then a touch screen that reports one fixed size.
        &[(KeyEvents, 60), (KeyDwellSpread, 0), (BeaconPresses, 20), (BeaconEnvironment, Environment::NO_POINTER.0)],
    ];
    for features in alone {
        assert_eq!(band(&policy, features).0, Band::Low, "{features:?} {:?}", band(&policy, features));
    }
    assert_eq!(band(&policy, &[(TouchEvents, 300), (TouchRadiusSpread, 0)]), (Band::Low, 0));
    let together = [one_by_one[0], one_by_one[1], (PointerFractional, 850), (PointerRepeats, 1_000)];
    assert_eq!(band(&policy, &together).0, Band::High);
}

/// Whole pixels, pressure one half, every move alone: what is known of these people's pointers.
#[test]
fn pointers_that_tools_move_for_people_are_never_high() {
    use Feature::{
        ClickCentred, ClickCount, ClickMoves, ClickPressure, ClickUnled, PointerCoalesced, PointerEvents,
        PointerFractional, PointerJumps, PointerRepeats, PointerStraight, PointerStrokes,
    };
    let bundle = outwork_compiler::compile(Path::new(RULES)).map_err(|_| "mistakes").unwrap().bundle;
    let policy = Policy::load(&bundle).unwrap();
    let tool = [(PointerCoalesced, 100), (PointerFractional, 0), (ClickPressure, 502), (ClickCount, 6)];
    let teleport =
        [(ClickMoves, 1), (ClickUnled, 1_000), (PointerEvents, 8), (PointerStrokes, 0), (PointerJumps, 1_000)];
    let people: [(&str, Vec<(Feature, u16)>); 5] = [
        (
            "Mouse Keys",
            vec![(PointerEvents, 400), (PointerRepeats, 1_000), (PointerStraight, 1_000), (PointerStrokes, 12)],
        ),
        (
            "switch scanning",
            vec![
                (PointerEvents, 90),
                (PointerRepeats, 960),
                (PointerStraight, 1_000),
                (PointerStrokes, 6),
                (ClickUnled, 0),
            ],
        ),
        ("an eye tracker", teleport.to_vec()),
        ("voice control", [&teleport[..], &[(ClickCentred, 1_000)]].concat()),
        (
            "voice control, slowly",
            vec![(ClickMoves, 1), (PointerEvents, 8), (PointerStrokes, 0), (ClickCentred, 1_000)],
        ),
    ];
    for (name, moved) in people {
        let features = [&tool[..], &moved].concat();
        let (seen, risk) = band(&policy, &features);
        assert!(seen <= Band::Medium, "{name}: {risk}");
        let driven = [&features[..], &[(ClickPressure, 0), (PointerFractional, 900)]].concat();
        assert_eq!(band(&policy, &driven).0, Band::High, "{name}, as a driver sends it");
    }
}

/// The first sessions of recordings that are not ours to publish.
fn sample(data: &Path, names: &[&str], most: usize) -> String {
    let mut text = String::new();
    for name in names {
        let file = fs::File::open(data.join(format!("{name}.jsonl.gz"))).unwrap();
        let lines = std::io::BufReader::new(flate2::read::GzDecoder::new(file)).lines();
        lines.take(most).for_each(|line| text.extend([line.unwrap(), "\n".to_owned()]));
    }
    text
}

/// The share of all sessions that a column of `eval` has, and the largest of one source.
fn shares(text: &str, input: &str, column: &str) -> (f64, f64) {
    let file = File::new(&format!("bars-{input}-{column}.jsonl"), text);
    let (code, json, error) =
        outwork(&["eval", "policy", file.0.to_str().unwrap(), "-p", RULES, "--json", "--input", input]);
    assert_eq!((code, error.as_str()), (0, ""));
    let evaluation: serde_json::Value = serde_json::from_str(&json).unwrap();
    let rows = evaluation.get("sources").unwrap().as_array().unwrap();
    let number = |row: &serde_json::Value, name: &str| row.get(name).unwrap().as_f64().unwrap();
    let sessions: f64 = rows.iter().map(|row| number(row, "sessions")).sum();
    let so: f64 = rows.iter().map(|row| number(row, "sessions") * number(row, column)).sum();
    (so / sessions, rows.iter().map(|row| number(row, column)).fold(0.0, f64::max))
}

#[test]
fn people_are_low_and_plain_automation_is_not() {
    let given = std::env::var_os("OUTWORK_DATA").map(PathBuf::from);
    let data = given.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"));
    let data = data.join("pointer/dev");
    if !data.is_dir() {
        println!("DID NOT RUN: no recordings; set OUTWORK_DATA");
        return;
    }
    let people =
        ["balabit", "sapimouse", "delbot", "dsjtzs", "howweswipe_touch", "jrcalgo"].map(|name| format!("human_{name}"));
    let people = sample(&data, &people.each_ref().map(String::as_str), 80);
    let (_, worst) = shares(&people, "os", "above_low");
    assert!(worst <= 0.01, "people: {worst}");
    // Selenium in whole pixels is medium: it looks like tools that move the pointer for people.
    let native = sample(&data, &["bot_rec_playwright_native", "bot_rec_puppeteer_native"], 60)
        + &sample(&data, &["bot_rec_selenium_native"], 20);
    let (above, high) = (shares(&native, "auto", "above_low").0, shares(&native, "auto", "high").0);
    assert!(above >= 0.95 && high >= 0.8, "plain automation: {above} above low, {high} high");
}
