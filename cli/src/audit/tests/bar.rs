//! Of a hundred thousand records any one that is removed, exchanged or edited is found by the ledger.

use clap::Parser;
use outwork_engine::record::chain::read;

use super::*;
use crate::audit::judged::{Judged, judge};
use crate::command::verify::Verify;

const RECORDS: usize = 100_000;
const THREADS: u32 = 4;
/// A host begins anew after so many.
const RUN: usize = 50_000;

/// Runs of a host one after the other, and in the middle of each a reload of all threads: records of four threads take turns.
fn runs(writer: &mut Writer) -> Vec<String> {
    let mut lines = Vec::with_capacity(RECORDS);
    for run in 0..(RECORDS / RUN) as u64 {
        let id = |number: u32| 1_000 * run + u64::from(number);
        let place = |number| Some(Number { run, number });
        let opens =
            |number| Opens { why: Why::Start, bundle: None, place: place(number), follows: None, unordered: false };
        let mut chains: Vec<_> = (1..=THREADS).map(|number| Chain::new(id(number), opens(number))).collect();
        lines.extend(writer.lines(RUN / 2, &mut chains));
        let after = (THREADS + 1..).zip(&chains).map(|(number, before)| {
            Chain::new(
                id(number),
                Opens {
                    why: Why::Reload,
                    bundle: None,
                    place: place(number),
                    follows: before.head(),
                    unordered: false,
                },
            )
        });
        let mut after: Vec<_> = after.collect();
        lines.extend(writer.lines(RUN / 2, &mut after));
    }
    lines
}

struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most as u64) as usize
    }
}

/// The lines that follow are read until each chain has gone on.
const AHEAD: usize = 24;

fn chain(judged: &[Judged]) -> u64 {
    match judged {
        [Judged::Proven(record)] => record.id,
        other => panic!("{other:?}"),
    }
}

/// What stays of a log is read from the state before the place that is tampered with, which is that of the whole log up to there.
#[test]
fn of_a_hundred_thousand_records_any_one_is_missed() {
    let lines = runs(&mut Writer::new());
    let audit = AuditKeys::of(&keys());
    // What a line proves depends on its own bytes alone.
    let judged: Vec<_> = lines.iter().map(|line| judge(line.as_bytes(), &audit)).collect();
    let ids: Vec<u64> = judged.iter().map(|one| chain(one)).collect();
    let place = |at: usize| Place { file: 0, line: at as u64 + 1 };
    let take = |ledger: &mut Ledger, at: usize| judged[at].iter().for_each(|one| ledger.take(place(at), one));
    // The state after a number of lines.
    let mut prefix = Ledger::new(AuditKeys::of(&keys()), &Heads::default());
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let (mut removed, mut exchanged, mut only_by_count) = (0, 0, 0);
    for at in 0..RECORDS {
        let ahead = at + 1..RECORDS.min(at + 1 + AHEAD);
        let next = ahead.clone().find(|later| ids[*later] == ids[at]);
        // The chain goes on, or another follows it: read as far as that stands.
        let end = next.map_or(ahead.end, |next| next + 1);
        let mut without = prefix.clone();
        (at + 1..end).for_each(|later| take(&mut without, later));
        let wants = Wants { count: Some(end as u64), ..Wants::default() };
        let report = without.finish(wants).0;
        if kinds(&report) == BTreeSet::from([Kind::Count]) {
            // The last of a chain that none follows: of each thread of each run, at the run's end.
            assert!(next.is_none() && at % RUN >= RUN - AHEAD, "record {at} was removed unseen");
            only_by_count += 1;
        } else {
            let (finding, name) = (&report.findings[0], format!("{:016x}", ids[at]));
            assert_eq!((finding.kind, finding.chain.as_deref()), (Kind::Missing, Some(name.as_str())));
            removed += 1;
        }
        if let Some(next) = next {
            let mut swapped = prefix.clone();
            [next].into_iter().chain(at + 1..next).chain([at]).for_each(|one| take(&mut swapped, one));
            let report = swapped.finish(Wants::default()).0;
            assert_eq!(report.counts, [(Kind::Displaced, 1)].into(), "record {at}");
            exchanged += 1;
        }
        let mut bytes = lines[at].clone().into_bytes();
        let (byte, bit) = (random.below(bytes.len()), random.below(8));
        bytes[byte] ^= 1 << bit;
        let edited = judge(&bytes, &audit);
        assert!(!matches!(edited[..], [Judged::Proven(_)]), "bit {bit} of byte {byte} of record {at}");
        // What is told at once stays told; where it looks as if no record had been there, it is missing as one that was removed.
        if !edited.iter().any(|one| matches!(one, Judged::Torn(_) | Judged::Changed(..) | Judged::Key(..))) {
            let mut ledger = prefix.clone();
            edited.iter().for_each(|one| ledger.take(place(at), one));
            (at + 1..end).for_each(|later| take(&mut ledger, later));
            assert!(!ledger.finish(wants).0.complete, "bit {bit} of byte {byte} of record {at}");
        }
        take(&mut prefix, at);
    }
    assert!(prefix.finish(Wants { count: Some(RECORDS as u64), ..Wants::default() }).0.complete);
    assert_eq!((removed + only_by_count, only_by_count), (RECORDS, RECORDS / RUN * THREADS as usize));
    assert!(exchanged > RECORDS - 2_000);
}

#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    verify: Verify,
}

/// A sample by way of files and options, as `outwork verify --audit` does it.
#[test]
fn what_is_done_to_a_file_is_found_by_the_command() {
    let folder = tempfile::tempdir().unwrap();
    let [log, secrets] = ["records.jsonl", "audit.keys"].map(|name| folder.path().join(name));
    std::fs::write(&secrets, AuditKeys::of(&keys()).write()).unwrap();
    let lines = Writer::new().log(250, THREADS);
    let complete = |lines: &[String], more: [&str; 2]| {
        std::fs::write(&log, lines.join("\n") + "\n").unwrap();
        let (log, secrets) = (log.to_str().unwrap(), secrets.to_str().unwrap());
        let given = ["verify", "--audit", log, "--audit-keys", secrets];
        let given = given.into_iter().chain(more.into_iter().filter(|one| !one.is_empty()));
        Cli::try_parse_from(given).unwrap().verify.verify().unwrap().0.complete
    };
    assert!(complete(&lines, ["--count", "250"]) && complete(&lines, ["", ""]));
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for case in 0..200 {
        let (mut other, at) = (lines.clone(), random.below(lines.len()));
        let more = match case % 3 {
            0 => {
                other.remove(at);
                ["--count", "250"]
            }
            1 => {
                // With the last one of its chain there is nothing to exchange it with.
                let id = |line: &String| read(line.as_bytes()).unwrap().id;
                let Some(next) = (at + 1..lines.len()).find(|next| id(&lines[*next]) == id(&lines[at])) else {
                    continue;
                };
                other.swap(at, next);
                assert!(complete(&other, ["--displaced", "5m"]), "case {case}");
                ["", ""]
            }
            _ => {
                let (byte, with) = (random.below(lines[at].len()), random.below(26) as u8 + b'A');
                let mut bytes = std::mem::take(&mut other[at]).into_bytes();
                bytes[byte] = if bytes[byte] == with { b'.' } else { with };
                other[at] = String::from_utf8_lossy(&bytes).into_owned();
                ["", ""]
            }
        };
        assert!(!complete(&other, more), "case {case}, record {at}");
    }
}
