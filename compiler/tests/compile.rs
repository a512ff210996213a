//! What compiling promises as a whole: the same bytes for the same inputs, limits, and the meaning of what is written.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails loudly")]

use outwork_compiler::{Code, Compiled, MAX_FILE_BYTES, Request, compile, compile_files};
use outwork_engine::{
    fact::Fact,
    limits::KeyPart,
    policy::{Policy, Recording},
    rules::{Action, Mode, Scratch},
    signals::Scene,
    time::Time,
};
use std::{collections::BTreeMap, fmt::Write, fs, path::Path};

const HEAD: &str = "[pack]\nid = \"p\"\nversion = \"1\"\nwhy = \"x\"\n";

fn files(files: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
    files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
}

fn ok(of: &[(&str, &str)], entry: &str) -> Compiled {
    compile_files(&files(of), entry).unwrap_or_else(|report| panic!("{}", report.render(false)))
}

fn codes(of: &[(&str, &str)], entry: &str) -> Vec<Code> {
    compile_files(&files(of), entry).unwrap_err().diagnostics().iter().map(|one| one.code).collect()
}

/// Whether a condition holds, over `lists` of its pack.
fn holds(when: &str, lists: &str, request: &Request) -> bool {
    let pack = format!("{HEAD}{lists}\n[[rule]]\nid = \"r\"\nwhen = '''{when}'''\nwhy = \"x\"\nscore = 1\n");
    let policy = Policy::load(&ok(&[("p.toml", &pack)], "p.toml").bundle).unwrap();
    let mut scratch = Scratch::default();
    request
        .with_facts(Time::default(), [0; 16], |facts| policy.conditions().evaluate(&Scene::new(facts), &mut scratch));
    scratch.holds(0)
}

const POLICY: &str = r#"
[policy]
version = "2026.11.21"
mode = { canary = 2.5 }
packs = ["packs/a.toml"]
record = "acted"
[weights]
device = 0.25
[bands]
high = 80
[verdicts]
high = "block"
[[override]]
rule = "a.one"
mode = "shadow"
score = -7
[[limit]]
id = "login"
when = 'request.path == "/login"'
key = ["ip", "country"]
burst = 20
refill = "10/min"
cost = { high = 5 }
"#;

const PACK: &str = r#"
[pack]
id = "a"
version = "1"
why = "x"
[lists.nets]
cidr = { file = "../lists/nets.txt" }
[[rule]]
id = "a.one"
when = 'client.address in lists.nets'
score = 30
layer = "context"
why = "x"
[[rule]]
id = "a.two"
when = 'request.path.startsWith("/api/")'
action = "throttle"
limit = "api"
why = "x"
[[limit]]
id = "api"
key = ["device"]
burst = 5
refill = "1/s"
"#;

const ALL: &[(&str, &str)] = &[
    ("outwork.toml", POLICY),
    ("packs/a.toml", PACK),
    ("lists/nets.txt", "# ours\n198.51.100.0/24\n\n2001:db8::/32\n"),
];

#[test]
fn a_policy_says_what_its_files_say() {
    let compiled = ok(ALL, "outwork.toml");
    let policy = Policy::load(&compiled.bundle).unwrap();
    assert_eq!(policy.name(), compiled.name);
    assert!(compiled.name.starts_with("2026.11.21-") && compiled.name.len() == 17);
    let settings = policy.settings();
    assert_eq!((settings.mode, settings.record, settings.weights.device), (Mode::Canary(250), Recording::Acted, 250));
    assert_eq!((settings.bands.medium, settings.bands.high), (30, 80));
    let [one, two] = policy.rules() else { panic!("two rules") };
    assert_eq!((one.score, one.mode, one.action), (-7, Mode::Shadow, Action::Score));
    assert_eq!((two.action, two.limit), (Action::Throttle, Some(1)));
    let [login, api] = policy.limits() else { panic!("two limits") };
    assert_eq!((login.interval, login.cost, login.conditional), ([6_000_000; 3], [1, 1, 5], true));
    assert_eq!((login.key.as_slice(), api.conditional), ([KeyPart::Ip, KeyPart::Country].as_slice(), false));
}

#[test]
fn the_same_inputs_give_the_same_bytes_wherever_they_are() {
    let [here, there] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let write = |root: &Path| {
        for (path, text) in ALL {
            fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            fs::write(root.join(path), text).unwrap();
        }
    };
    write(here.path());
    write(there.path());
    let first = compile(here.path()).unwrap();
    assert_eq!(first.bundle, compile(&here.path().join("outwork.toml")).unwrap().bundle);
    assert_eq!(first.bundle, compile(there.path()).unwrap().bundle);
    assert_eq!(first.bundle, ok(ALL, "outwork.toml").bundle);
    fs::write(there.path().join("lists/nets.txt"), "198.51.100.0/25\n").unwrap();
    assert_ne!(first.name, compile(there.path()).unwrap().name);
}

#[test]
fn presence_state_and_maps() {
    let request = Request {
        target: "/p?cookies=1".into(),
        headers: vec![("Accept".into(), "text/html".into()), ("cookie".into(), "sid=1; known=2".into())],
        sni: Fact::Absent,
        ..Request::default()
    };
    for when in [
        r#""accept" in request.headers && !("x-a" in request.headers)"#,
        "has(request.headers.accept) && request.headers.accept.known",
        r#"request.cookies["sid"] == "1" && request.cookies == 2"#,
        r#"request.params.cookies == "1""#,
        "has(request.path) && !has(tls.sni) && tls.sni.absent && !tls.sni.known && !tls.sni.unavailable",
        "tls.ja4.unavailable && !tls.ja4.known",
        r#"!(tls.ja4 == "x") || true"#,
        r#"request.headers["accept"].lowerAscii() == "text/html" && size(request.headers["accept"]) == 9"#,
        "request.path.size() <= 2 && -1 < request.path_depth",
        r#"request.path.endsWithAny(["x", "/p"]) && request.path.startsWithAny(["/"])"#,
    ] {
        assert!(holds(when, "", &request), "{when}");
    }
    for when in
        [r#"tls.ja4 == "x""#, r#"tls.ja4 != "x""#, "tls.ja4.absent", "!tls.ja4.absent", "has(tls.ja4)", "!has(tls.ja4)"]
    {
        assert!(!holds(when, "", &request), "{when} of a fact that the host cannot see");
    }
}

#[test]
fn lists_of_every_kind() {
    let lists = "[lists.n]\nnumbers = [64500, 64501]\n[lists.s]\nstrings = [\"bot\", \"\"]\n[lists.c]\ncidr = [\"198.51.100.0/24\"]\n";
    let request = Request {
        address: Fact::Known("::ffff:198.51.100.9".parse().unwrap()),
        asn: Fact::Known(64501),
        headers: vec![("x-a".into(), "bot".into())],
        ..Request::default()
    };
    for when in [
        "network.asn in lists.n && client.address in lists.c",
        r#"request.headers["x-a"] in lists.s && request.headers["x-a"].containsAny(lists.s)"#,
        r#"client.address in ["198.51.100.9"] && client.address == "198.51.100.9""#,
        r#"!(request.path in lists.s) && !(client.address in ["2001:db8::/32"])"#,
    ] {
        assert!(holds(when, lists, &request), "{when}");
    }
}

#[test]
fn a_large_list_is_a_set_and_a_large_file_is_refused() {
    let mut strings = String::new();
    for number in 0..50_000 {
        writeln!(strings, "/path/{number}").unwrap();
    }
    let pack = format!(
        "{HEAD}[lists.p]\nstrings = {{ file = \"p.txt\" }}\n[[rule]]\nid = \"r\"\nwhen = 'request.path in lists.p'\nwhy = \"x\"\nscore = 1\n"
    );
    let compiled = ok(&[("p.toml", &pack), ("p.txt", &strings)], "p.toml");
    assert!(compiled.bundle.len() < strings.len() + 10 * 50_000, "{} bytes", compiled.bundle.len());
    let huge = "#".repeat(usize::try_from(MAX_FILE_BYTES).unwrap() + 1);
    assert_eq!(codes(&[("p.toml", &pack), ("p.txt", &huge)], "p.toml"), [Code::TooLarge]);
}

#[test]
fn ten_thousand_rules_are_the_most() {
    let mut pack = HEAD.to_owned();
    for number in 0..=10_000 {
        write!(pack, "[[rule]]\nid = \"r{number}\"\nwhen = \"true\"\nwhy = \"x\"\nscore = 1\n").unwrap();
    }
    assert_eq!(codes(&[("p.toml", &pack)], "p.toml"), [Code::TooMany]);
}

#[test]
fn a_macro_that_is_large_makes_no_policy_that_is_huge() {
    let parts = (0..500).map(|number| format!("size(request.path) == {number}")).collect::<Vec<_>>().join(" || ");
    let (first, second) = parts.split_at(parts.len() / 2);
    let (second, first) = (second.split_once(" || ").unwrap().1, first.rsplit_once(" || ").unwrap().0);
    let mut pack = format!("{HEAD}[macros]\na = '{first}'\nb = '{second}'\nboth = 'macros.a || macros.b'\n");
    for number in 0..1_200 {
        write!(pack, "[[rule]]\nid = \"r{number}\"\nwhen = \"macros.both\"\nwhy = \"x\"\nscore = 1\n").unwrap();
    }
    assert_eq!(codes(&[("p.toml", &pack)], "p.toml"), [Code::TooMany]);
}

#[test]
fn an_expression_that_is_deep_without_parentheses_does_not_overflow() {
    for when in [
        format!("a{}", ".a".repeat(4_000)),
        "!".repeat(8_000) + "ua.present",
        format!("ua.present{}", " && ua.present".repeat(580)),
        "a ? b : ".repeat(1_000),
    ] {
        let pack = format!("{HEAD}[[rule]]\nid = \"r\"\nwhen = '{when}'\nwhy = \"x\"\nscore = 1\n");
        // What it means is not the point: it must be answered.
        drop(compile_files(&files(&[("p.toml", &pack)]), "p.toml"));
    }
}
