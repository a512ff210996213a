//! Bad input of every size: a diagnostic soon, never a crash.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use outwork_compiler::{Code, MAX_FILE_BYTES, Report, compile, compile_files};
use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    time::{Duration, Instant},
};

const HEAD: &str = "[pack]\nid = \"p\"\nversion = \"1\"\nwhy = \"x\"\n";

/// Much more than any of it takes, and much less than what would not end.
const SOON: Duration = Duration::from_secs(20);

fn report(files: &[(&str, Vec<u8>)]) -> Report {
    let files: BTreeMap<String, Vec<u8>> =
        files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.clone())).collect();
    let start = Instant::now();
    let report = compile_files(&files, "pack.toml").unwrap_err();
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    report
}

fn rule(when: &str) -> Vec<u8> {
    format!("{HEAD}[[rule]]\nid = \"r\"\nwhen = '''{when}'''\nscore = 1\nwhy = \"x\"\n").into_bytes()
}

fn codes(report: &Report) -> Vec<Code> {
    report.diagnostics().iter().map(|one| one.code).collect()
}

#[test]
fn a_pack_of_a_hundred_megabytes_is_not_read_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pack.toml");
    let mut file = fs::File::create(&path).unwrap();
    file.write_all(HEAD.as_bytes()).unwrap();
    file.set_len(100 << 20).unwrap();
    let start = Instant::now();
    let report = compile(&path).unwrap_err();
    assert!(start.elapsed() < SOON);
    assert_eq!(codes(&report), [Code::TooLarge]);
    assert!(u64::try_from(report.render(false).len()).unwrap() < MAX_FILE_BYTES / 1_000);
}

#[test]
fn bytes_that_are_no_text_are_named_by_their_line() {
    let report = report(&[("pack.toml", [HEAD.as_bytes(), b"\xff\xfe"].concat())]);
    assert_eq!(codes(&report), [Code::NotUtf8]);
    assert!(report.render(false).contains("line 5"));
}

#[test]
fn ten_thousand_bad_lines_are_ten_and_a_count() {
    let list = (0..10_000).map(|at| format!("999.0.0.{at}\n")).collect::<String>().into_bytes();
    let pack = format!("{HEAD}[lists.nets]\ncidr = {{ file = \"nets.txt\" }}\n").into_bytes();
    let report = report(&[("pack.toml", pack), ("nets.txt", list)]);
    assert_eq!(codes(&report), [Code::BadAddress; 10]);
    assert!(report.render(false).contains("9990 more entries of this list are wrong"));
}

#[test]
fn nesting_of_any_depth_is_refused_and_not_followed() {
    let deep =
        |open: &str, close: &str, count: usize| format!("{}ua.mobile{}", open.repeat(count), close.repeat(count));
    assert_eq!(codes(&report(&[("pack.toml", rule(&deep("(", ")", 3_000)))])), [Code::TooComplex]);
    for when in [deep("!", "", 8_000), deep("ua.mobile && (", ")", 500), deep("ua.mobile ? true : ", "", 400)] {
        let files = BTreeMap::from([("pack.toml".to_owned(), rule(&when))]);
        let start = Instant::now();
        // Some of these are right, only odd: what counts is that nothing falls over.
        let _ = compile_files(&files, "pack.toml");
        assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    }
    let toml = format!("{HEAD}x = {}1{}\n", "[".repeat(20_000), "]".repeat(20_000)).into_bytes();
    assert!(!report(&[("pack.toml", toml)]).is_empty());
}

#[test]
fn a_thousand_rules_of_one_id_are_each_named() {
    let rule = "[[rule]]\nid = \"same\"\nwhen = 'ua.mobile'\nscore = 1\nwhy = \"x\"\n";
    let report = report(&[("pack.toml", (HEAD.to_owned() + &rule.repeat(1_000)).into_bytes())]);
    assert_eq!(codes(&report), [Code::DuplicateRule; 999]);
}

#[test]
fn a_regex_bomb_is_refused() {
    for bomb in ["(a{1,1000}){1,1000}", "(a|b)*a(a|b){30}", "((((a*)*)*)*)*{500}", "[^x]*x.{200}y.{200}z{1,100}w{999}"]
    {
        let when = format!("request.path.matches(\"{bomb}\")");
        let files = BTreeMap::from([("pack.toml".to_owned(), rule(&when))]);
        let start = Instant::now();
        let compiled = compile_files(&files, "pack.toml");
        assert!(start.elapsed() < SOON, "{bomb}: {:?}", start.elapsed());
        let Err(report) = compiled else { continue };
        let told = codes(&report);
        assert!(told == [Code::PatternTooLarge] || told == [Code::BadPattern], "{bomb}: {told:?}");
    }
}

#[test]
fn macros_that_go_round_are_refused() {
    let pack = format!("{HEAD}[macros]\na = 'macros.b'\nb = 'macros.c'\nc = 'macros.a'\n").into_bytes();
    let report = report(&[("pack.toml", pack)]);
    assert!(report.diagnostics().iter().all(|one| one.message.contains("macro")), "{}", report.render(false));
}
