//! A log of many records, with one thing done to it at a time: whatever that is, it is found.

use std::collections::BTreeSet;

use outwork_compiler::Request;
use outwork_engine::facts::Facts;
use outwork_engine::keys::{AuditKeys, Keyring};
use outwork_engine::policy::Policy;
use outwork_engine::record::chain::{Chain, Opens, Place as Number, Sealer, Why};
use outwork_engine::record::{self, Context};
use outwork_engine::rules::Scratch;
use outwork_engine::time::Time;
use proptest::prelude::*;

use super::finding::{Kind, Place};
use super::report::Report;
use super::{Heads, Ledger, Wants};

mod bar;
mod long;

const KEYS: &str = "k1:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE";

fn keys() -> Keyring {
    Keyring::parse(KEYS).unwrap()
}

/// What hosts write of some requests that are not alike.
struct Writer {
    policy: Policy,
    requests: Vec<Request>,
    keys: Keyring,
    scratch: Scratch,
    /// When they come, in seconds after the first.
    since: u64,
}

impl Writer {
    fn new() -> Self {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../compiler/tests/everything");
        let bundle =
            outwork_compiler::compile(&folder).unwrap_or_else(|report| panic!("{}", report.render(false))).bundle;
        let requests = ["/", "/login", "/a/b/c?d=e"].map(|target| {
            let json = serde_json::json!({
                "method": "GET", "target": target, "scheme": "https", "authority": "shop.example",
                "address": "203.0.113.7", "headers": [["user-agent", "curl/8.5.0 \"\u{e9}\""], ["x-a", "spider"]],
            });
            serde_json::from_value(json).unwrap()
        });
        Self {
            policy: Policy::load(&bundle).unwrap(),
            requests: requests.into(),
            keys: keys(),
            scratch: Scratch::default(),
            since: 0,
        }
    }

    /// As many records in chains that take turns: one request after the other has its share.
    fn lines(&mut self, records: usize, chains: &mut [Chain]) -> Vec<String> {
        let Self { policy, requests, keys, scratch, since } = self;
        let (mut lines, count, mut sealer) = (Vec::with_capacity(records), requests.len(), Sealer::new(keys));
        for (at, request) in requests.iter().enumerate() {
            let mut write = |facts: &Facts<'_>| {
                let decision = policy.assess(facts, keys, scratch).decide(&[]);
                while lines.len() < records * (at + 1) / count {
                    // Not one after the other: 7 is a generator modulo 71.
                    let turn = (lines.len() * 7 % 71) % chains.len();
                    lines.push(
                        record::draft(&decision, facts, keys, Context::NATIVE).seal(&mut chains[turn], &mut sealer),
                    );
                }
            };
            // A minute lies between one request and the next.
            let now = Time(1_795_305_600_000_000 + 1_000_000 * (*since + 60 * at as u64));
            request.with_facts(now, [7; 16], |facts| write(facts));
        }
        lines
    }

    /// Records of several threads, in the order in which they were written.
    fn log(&mut self, records: usize, threads: u32) -> Vec<String> {
        let place = |number| Some(Number { run: 9, number });
        let opens =
            |number| Opens { why: Why::Start, bundle: None, place: place(number), follows: None, unordered: false };
        let mut chains: Vec<_> = (1..=threads).map(|number| Chain::new(number.into(), opens(number))).collect();
        self.lines(records, &mut chains)
    }
}

/// As by default, and as somebody asks who knows that lines were shuffled.
const STRICT: Option<u64> = None;
const SHUFFLED: Option<u64> = Some(u64::MAX);

fn verify<L: AsRef<[u8]>>(lines: impl IntoIterator<Item = L>) -> Report {
    verify_with(lines, &Heads::default(), STRICT, None).0
}

fn verify_with<L: AsRef<[u8]>>(
    lines: impl IntoIterator<Item = L>,
    heads: &Heads,
    displaced: Option<u64>,
    count: Option<u64>,
) -> (Report, Heads) {
    verify_for(lines, heads, (displaced, count, false))
}

fn verify_for<L: AsRef<[u8]>>(
    lines: impl IntoIterator<Item = L>,
    heads: &Heads,
    (displaced, count, goes_on): (Option<u64>, Option<u64>, bool),
) -> (Report, Heads) {
    let mut ledger = Ledger::new(AuditKeys::of(&keys()), heads);
    for (line, number) in lines.into_iter().zip(1..) {
        ledger.read(Place { file: 0, line: number }, line.as_ref().trim_ascii());
    }
    ledger.finish(Wants { displaced, count, goes_on, ..Wants::default() })
}

fn kinds(report: &Report) -> BTreeSet<Kind> {
    report.counts.keys().copied().collect()
}

fn without(lines: &[String], at: usize) -> impl Iterator<Item = &String> {
    lines.iter().enumerate().filter(move |(place, _)| *place != at).map(|(_, line)| line)
}

#[test]
fn a_log_as_it_was_written_is_complete() {
    let lines = Writer::new().log(300, 3);
    let report = verify(&lines);
    assert!(report.complete, "{:?}", report.findings);
    assert_eq!((report.records, report.chains.len(), report.others), (300, 3, 0));
    assert!(verify_with(&lines, &Heads::default(), STRICT, Some(300)).0.complete);
    assert_eq!(kinds(&verify_with(&lines, &Heads::default(), STRICT, Some(301)).0), BTreeSet::from([Kind::Count]));
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    let lines = Writer::new().log(60, 1);
    let report = verify(without(&lines, 41));
    let finding = &report.findings[0];
    assert_eq!((finding.kind, finding.records, finding.place.unwrap().line), (Kind::Missing, Some((42, 42)), 42));
    assert!(finding.message.contains("record 42 is missing, between lines 41 and 42"), "{}", finding.message);
    let mut changed = lines.clone();
    changed[41] =
        changed[41].replace("\"band\":\"low\"", "\"band\":\"high\"").replace("\"band\":\"medium\"", "\"band\":\"low\"");
    assert_ne!(changed, lines);
    let report = verify(&changed);
    assert_eq!((report.findings[0].kind, report.findings[0].place.unwrap().line), (Kind::Changed, 42));
    assert!(
        report.findings[1].message.contains("line 42, which was changed, says that it is 42"),
        "{:?}",
        report.findings
    );
    let mut twice = lines.clone();
    twice.insert(50, lines[3].clone());
    let report = verify(&twice);
    assert_eq!((report.findings[0].kind, report.findings[0].place.unwrap().line), (Kind::Repeated, 51));
    let mut moved = lines.clone();
    moved.swap(10, 14);
    assert_eq!(kinds(&verify(&moved)), BTreeSet::from([Kind::Displaced]));
    let report = verify(&moved);
    let finding = &report.findings[0];
    assert_eq!((finding.records, finding.place.unwrap().line), (Some((12, 12)), 12));
    assert!(finding.message.contains("record 12 stands behind record 15, and so do 3 others"), "{}", finding.message);
    let report = verify_with(&moved, &Heads::default(), SHUFFLED, None).0;
    assert!(report.complete);
    assert_eq!(report.chains[0].displaced, 4);
}

#[test]
fn a_chain_that_was_cut_is_missed_by_what_follows_it() {
    let mut writer = Writer::new();
    let mut old = Chain::new(
        1,
        Opens {
            why: Why::Start,
            bundle: None,
            place: Some(Number { run: 9, number: 1 }),
            follows: None,
            unordered: false,
        },
    );
    let mut lines = writer.lines(10, std::slice::from_mut(&mut old));
    let place = Some(Number { run: 9, number: 2 });
    let new = Chain::new(2, Opens { why: Why::Reload, bundle: None, place, follows: old.head(), unordered: false });
    lines.extend(writer.lines(10, &mut [new]));
    assert!(verify(&lines).complete);
    let report = verify(without(&lines, 9));
    assert!(report.findings[0].message.contains("record 10 is missing, after line 9"), "{:?}", report.findings);
    // All of a chain: what follows it says so, and its number.
    let report = verify(lines.get(10..).unwrap());
    assert_eq!(report.counts, [(Kind::Missing, 2)].into());
    // The last ones of the last chain are missed by nobody but who counted, or by the next run.
    let cut = lines.get(..19).unwrap();
    assert!(verify(cut).complete);
    assert!(!verify_with(cut, &Heads::default(), STRICT, Some(20)).0.complete);
}

/// The reviewer's case: nothing follows the chain, and the others began before it.
#[test]
fn a_whole_chain_is_missed_by_what_others_say_later() {
    let mut writer = Writer::new();
    let place = |number| Number { run: 9, number };
    let opens = |number| {
        let place = Some(place(number));
        Chain::new(number.into(), Opens { why: Why::Start, bundle: None, place, follows: None, unordered: false })
    };
    let (mut first, mut last) = (opens(1), opens(2));
    let before = writer.lines(3, std::slice::from_mut(&mut first));
    let gone = writer.lines(10, std::slice::from_mut(&mut last));
    first.know(place(2));
    let after = writer.lines(3, std::slice::from_mut(&mut first));
    let whole: Vec<_> = [&before[..], &gone, &after].concat();
    assert!(verify(&whole).complete);
    let rest = [&before[..], &after].concat();
    let report = verify(&rest);
    assert_eq!(report.counts, [(Kind::Missing, 1)].into(), "{:?}", report.findings);
    assert!(report.findings[0].message.contains("no beginning of number 2"), "{:?}", report.findings);
    // Once what others say of it is gone, too, nobody can tell: what the last line claims is no more than that.
    assert!(verify(&before).complete);
    // It may begin in the log of the next day, and is missed where it does not.
    let (report, heads) = verify_for(&rest, &Heads::default(), (STRICT, None, true));
    assert!(report.complete);
    let kept = serde_json::to_string(&heads).unwrap();
    let heads = || serde_json::from_str::<Heads>(&kept).unwrap();
    assert!(verify_for(&gone, &heads(), (STRICT, None, true)).0.complete);
    let more = writer.lines(3, std::slice::from_mut(&mut first));
    let (report, heads) = verify_for(&more, &heads(), (STRICT, None, true));
    assert_eq!(report.counts, [(Kind::Missing, 1)].into(), "{:?}", report.findings);
    let more = writer.lines(3, std::slice::from_mut(&mut first));
    assert!(verify_for(&more, &heads, (STRICT, None, true)).0.complete, "it is told once");
}

#[test]
fn the_next_day_goes_on_where_the_last_one_ended() {
    let lines = Writer::new().log(40, 2);
    let (first, second) = lines.split_at(25);
    assert!(!verify(second).complete);
    let (report, heads) = verify_with(first, &Heads::default(), STRICT, None);
    assert!(report.complete);
    let path = std::env::temp_dir().join(format!("outwork-heads-{}.json", std::process::id()));
    heads.save(&path).unwrap();
    let heads = Heads::open(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert!(verify_with(second, &heads, STRICT, None).0.complete);
    let report = verify_with(second.get(2..).unwrap(), &heads, STRICT, None).0;
    assert_eq!(kinds(&report), BTreeSet::from([Kind::Missing]));
    let report = verify_with(lines.get(20..).unwrap(), &heads, STRICT, None).0;
    assert_eq!(report.counts, [(Kind::Repeated, 5)].into());
}

#[test]
fn a_log_that_is_cut_while_requests_are_under_way_is_whole_with_the_next() {
    let lines = Writer::new().log(40, 2);
    // Two records of the first day end behind the cut, one of the second before it.
    let mut written = lines.clone();
    written.swap(18, 20);
    written.swap(17, 21);
    let (first, second) = written.split_at(20);
    assert!(!verify_for(first, &Heads::default(), (SHUFFLED, None, false)).0.complete);
    let (report, heads) = verify_for(first, &Heads::default(), (SHUFFLED, None, true));
    assert!(report.complete, "{:?}", report.findings);
    let (report, later) = verify_for(second, &heads, (SHUFFLED, None, true));
    assert!(report.complete, "{:?}", report.findings);
    // What neither of them has is reported, once.
    let lost: Vec<_> = second.iter().filter(|line| **line != lines[18]).collect();
    let (report, after) = verify_for(lost, &heads, (SHUFFLED, None, true));
    assert_eq!(report.counts, [(Kind::Missing, 1)].into(), "{:?}", report.findings);
    for heads in [later, after] {
        assert!(verify_for([""; 0], &heads, (SHUFFLED, None, true)).0.complete);
    }
}

#[test]
fn a_host_that_is_killed_while_it_writes_begins_anew_in_the_same_line() {
    let opens =
        |run, why| Opens { why, bundle: None, place: Some(Number { run, number: 1 }), follows: None, unordered: false };
    let mut writer = Writer::new();
    let old = writer.lines(5, &mut [Chain::new(1, opens(1, Why::Start))]);
    let new = writer.lines(5, &mut [Chain::new(2, opens(2, Why::Start))]);
    for wrapped in
        [|line: &String| line.clone(), |line: &String| serde_json::json!({"a": {}, "outwork": line}).to_string()]
    {
        let [old, new] = [&old, &new].map(|lines| lines.iter().map(wrapped).collect::<Vec<_>>());
        for cut in [1, 2, 7, 300, old[4].len() - 1] {
            let joined = [old[4].get(..cut).unwrap_or(&old[4][..cut - 1]), &new[0]].concat();
            let report = verify(old[..4].iter().chain([&joined]).chain(&new[1..]));
            assert_eq!((report.complete, report.cut, report.records), (true, 1, 9), "{cut}: {:?}", report.findings);
            // In the middle of a chain it is a hole, and behind it nothing but a beginning is taken for one.
            let joined = [&old[2][..1], &new[0]].concat();
            let report = verify(old[..2].iter().chain([&joined]).chain(&old[3..]).chain(&new[1..]));
            assert_eq!(report.counts, [(Kind::Missing, 1)].into());
            let joined = [&old[3][..300], &old[4]].concat();
            assert!(!verify(old[..3].iter().chain([&joined])).complete);
        }
    }
}

#[test]
fn a_chain_that_begins_before_what_it_follows_was_moved() {
    let mut writer = Writer::new();
    let mut old = Chain::new(1, Opens { why: Why::Start, bundle: None, place: None, follows: None, unordered: false });
    let mut lines = writer.lines(3, std::slice::from_mut(&mut old));
    let opens = Opens { why: Why::Reload, bundle: None, place: None, follows: old.head(), unordered: false };
    lines.extend(writer.lines(3, &mut [Chain::new(2, opens)]));
    assert!(verify(&lines).complete);
    lines.swap(2, 3);
    let report = verify(&lines);
    assert_eq!(report.counts, [(Kind::Displaced, 1)].into(), "{:?}", report.findings);
    assert!(report.findings[0].message.contains("it begins before record 3 of chain 0000000000000001"));
}

#[test]
fn a_host_that_keeps_no_order_is_asked_for_none() {
    let mut writer = Writer::new();
    let opens = Opens { why: Why::Start, bundle: None, place: None, follows: None, unordered: true };
    let mut lines = writer.lines(30, &mut [Chain::new(1, opens)]);
    lines[1..].reverse();
    let (first, second) = lines.split_at(20);
    assert!(verify(&lines).complete);
    // Nor is what stands in the next log missing.
    let (report, heads) = verify_for(first, &Heads::default(), (STRICT, None, true));
    assert!(report.complete, "{:?}", report.findings);
    assert!(verify_for(second, &heads, (STRICT, None, true)).0.complete);
    lines.remove(4);
    assert_eq!(kinds(&verify(&lines)), BTreeSet::from([Kind::Missing]));
}

#[test]
fn another_key_is_told() {
    let both = format!("k2:QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI,{KEYS}");
    let mut writer = Writer::new();
    let mut old = Chain::new(1, Opens { why: Why::Start, bundle: None, place: None, follows: None, unordered: false });
    let mut lines = writer.lines(3, std::slice::from_mut(&mut old));
    writer.keys = Keyring::parse(&both).unwrap();
    let opens = Opens { why: Why::Rotation, bundle: None, place: None, follows: old.head(), unordered: false };
    lines.extend(writer.lines(3, &mut [Chain::new(2, opens)]));
    writer.keys = keys();
    let opens = Opens { why: Why::Start, bundle: None, place: None, follows: None, unordered: false };
    lines.extend(writer.lines(3, &mut [Chain::new(3, opens)]));
    let verify = |lines: &[String], heads: &Heads| {
        let mut ledger = Ledger::new(AuditKeys::of(&Keyring::parse(&both).unwrap()), heads);
        (1..).zip(lines).for_each(|(line, text)| ledger.read(Place { file: 0, line }, text.as_bytes()));
        ledger.finish(Wants::default())
    };
    let told = |report: &Report| {
        let told = report.rotations.iter();
        told.map(|one| (one.why, one.from.clone().unwrap(), one.to.clone(), one.place.line)).collect::<Vec<_>>()
    };
    let (report, _) = verify(&lines, &Heads::default());
    assert!(report.complete, "{:?}", report.findings);
    let both = [("rotation", "k1".into(), "k2".into(), 4), ("start", "k2".into(), "k1".into(), 7)];
    assert_eq!(told(&report), both);
    let (_, heads) = verify(&lines[..6], &Heads::default());
    assert_eq!(told(&verify(&lines[6..], &heads).0), [("start", "k2".into(), "k1".into(), 1)]);
}

#[test]
fn a_record_without_a_chain_proves_nothing_and_is_told() {
    let mut lines = Writer::new().log(5, 1);
    let last = lines[4].clone();
    let (start, _) = last.split_once(",\"chain\":").unwrap();
    lines.push(format!("{start}}}}}}}"));
    let report = verify(&lines);
    assert_eq!((kinds(&report), report.unchained), (BTreeSet::from([Kind::Unchained]), 1));
}

/// What `replay`, `label` and `explain` take for a record is none that is passed over here.
#[test]
fn a_forged_record_is_told_in_whatever_order_its_members_stand() {
    let lines = Writer::new().log(5, 1);
    let mut forged: serde_json::Value = serde_json::from_str(&lines[4]).unwrap();
    let own = forged.pointer_mut("/unmapped/outwork").unwrap().as_object_mut().unwrap();
    for name in ["chain", "dropped_reasons", "pseudonym_key", "verdict"] {
        own.remove(name).unwrap();
    }
    own.insert("verdict".into(), "block".into());
    let forged = forged.to_string();
    assert!(!forged.contains("{\"verdict\""), "its members are in the order of the alphabet");
    let wrapped = serde_json::json!({ "log": { "offset": 7 }, "message": forged }).to_string();
    for slipped in [forged.clone(), format!("{{\"record\":{forged}}}"), wrapped] {
        let report = verify(lines.iter().chain([&slipped]));
        assert_eq!((kinds(&report), report.unchained), (BTreeSet::from([Kind::Unchained]), 1), "{slipped}");
        // A log of a host without chains is none that anything is said of.
        let report = verify([&slipped]);
        assert_eq!((report.complete, report.records, report.unchained), (true, 0, 1));
    }
}

#[test]
fn what_stands_behind_a_much_later_record_is_told() {
    let lines = Writer::new().log(30, 1);
    let mut moved = lines.clone();
    let early = moved.remove(2);
    moved.push(early);
    let verify = |lines: &[String], limit| {
        let mut ledger = Ledger::new(AuditKeys::of(&keys()), &Heads::default());
        (1..).zip(lines).for_each(|(line, text)| ledger.read(Place { file: 0, line }, text.as_bytes()));
        ledger.finish(Wants { displaced: Some(limit), ..Wants::default() }).0
    };
    let report = verify(&moved, 120_000);
    let finding = &report.findings[0];
    assert_eq!((finding.kind, finding.records, finding.place.unwrap().line), (Kind::Displaced, Some((3, 3)), 30));
    assert!(finding.message.contains("decided 120 s after it"), "{}", finding.message);
    assert!(verify(&moved, 120_001).complete && verify(&lines, 1).complete);
    let chain = &report.chains[0];
    assert_eq!(
        (chain.from.as_deref(), chain.to.as_deref()),
        (Some("2026-11-22T00:00:00Z"), Some("2026-11-22T00:02:00Z"))
    );
}

#[test]
fn heads_forget_threads_that_ended_and_what_they_wrote_is_not_taken_for_new() {
    let mut writer = Writer::new();
    let old = writer.log(10, 2);
    let (report, heads) = verify_with(&old, &Heads::default(), SHUFFLED, None);
    assert!(report.complete);
    writer.since = 40 * 86_400;
    let place = Some(Number { run: 10, number: 1 });
    let new = writer.lines(
        10,
        &mut [Chain::new(7, Opens { why: Why::Start, bundle: None, place, follows: None, unordered: false })],
    );
    let (report, heads) = verify_with(&new, &heads, SHUFFLED, None);
    assert!(report.complete, "{:?}", report.findings);
    assert_eq!(
        (heads.chains().into_keys().collect::<Vec<_>>(), heads.runs().into_keys().collect::<Vec<_>>()),
        (vec![7], vec![10])
    );
    let report = verify_with(&old, &heads, SHUFFLED, None).0;
    assert_eq!(report.counts, [(Kind::Repeated, 10)].into());
}

#[test]
fn a_chain_that_follows_another_record_than_the_last_is_told() {
    let mut writer = Writer::new();
    let mut old = Chain::new(1, Opens { why: Why::Start, bundle: None, place: None, follows: None, unordered: false });
    let mut lines = writer.lines(10, std::slice::from_mut(&mut old));
    let follows = old.head().map(|head| outwork_engine::record::chain::Head { mac: [1; 16], ..head });
    lines.extend(writer.lines(
        3,
        &mut [Chain::new(2, Opens { why: Why::Reload, bundle: None, place: None, follows, unordered: false })],
    ));
    assert_eq!(kinds(&verify(&lines)), BTreeSet::from([Kind::Forged]));
}

#[test]
fn keys_that_are_not_there_prove_nothing() {
    let lines = Writer::new().log(3, 1);
    let other = AuditKeys::parse("audit:k2:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE").unwrap();
    let mut ledger = Ledger::new(other, &Heads::default());
    lines.iter().for_each(|line| ledger.read(Place { file: 0, line: 1 }, line.as_bytes()));
    assert_eq!(kinds(&ledger.finish(Wants::default()).0), BTreeSet::from([Kind::Key]));
}

fn logs() -> &'static [String] {
    static LOG: std::sync::LazyLock<Vec<String>> = std::sync::LazyLock::new(|| Writer::new().log(120, 3));
    &LOG
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_change_of_any_bytes_is_found(at in 0_usize..120, place in 0.0..1.0_f64, with in prop::collection::vec(any::<u8>(), 0..9), gone in 0_usize..9) {
        let mut lines: Vec<Vec<u8>> = logs().iter().map(|line| line.clone().into_bytes()).collect();
        let line = &mut lines[at];
        let from = (place * line.len() as f64) as usize;
        let to = line.len().min(from + gone);
        line.splice(from..to, with);
        prop_assume!(lines[at].trim_ascii() != logs()[at].as_bytes());
        prop_assert!(!verify_with(&lines, &Heads::default(), SHUFFLED, None).0.complete);
    }

    #[test]
    fn lines_that_are_no_records_do_no_harm(at in 0_usize..120, with in "[ -~]{0,80}") {
        let mut lines = logs().to_vec();
        lines.insert(at, with);
        prop_assert!(verify_with(&lines, &Heads::default(), STRICT, Some(120)).0.complete);
    }
}
