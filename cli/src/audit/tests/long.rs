//! A line that is too long to be read hides no other.

use std::path::Path;

use clap::Parser;

use super::*;
use crate::audit::write;
use crate::command::verify::Verify;

#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    verify: Verify,
}

fn run(folder: &Path, lines: &[String]) -> (Report, String) {
    let [log, secrets] = ["records.jsonl", "audit.keys"].map(|name| folder.join(name));
    std::fs::write(&secrets, AuditKeys::of(&keys()).write()).unwrap();
    std::fs::write(&log, lines.join("\n") + "\n").unwrap();
    let arguments = ["verify", "--audit", log.to_str().unwrap(), "--audit-keys", secrets.to_str().unwrap()];
    let report = Cli::parse_from(arguments).verify.verify().unwrap().0;
    let text = write(&report, &["records.jsonl".into()]);
    (report, text)
}

#[test]
fn a_line_that_is_too_long_is_told_and_the_rest_is_verified() {
    let folder = tempfile::tempdir().unwrap();
    let lines = Writer::new().log(60, 1);
    let padding = " ".repeat(17 << 20);
    // Something else, which somebody appended to the log.
    let other = [&lines[..41], &[format!("x{padding}x")], &lines[41..]].concat();
    let (report, text) = run(folder.path(), &other);
    assert!(report.complete && report.records == 60, "{:?}", report.findings);
    assert!(text.contains("records.jsonl:42: 1 line is longer than 16 MiB and cannot be read"), "{text}");
    // A record that was made too long is missed where it was, and what begins like one is a finding of its own.
    let mut longer = lines.clone();
    longer[41] = lines[41].replacen('{', &format!("{{{padding}"), 1);
    longer[59] = format!("{}{padding}}}", lines[59]);
    let (report, text) = run(folder.path(), &longer);
    assert_eq!((report.records, report.long), (58, 2));
    let found: Vec<_> = report.findings.iter().map(|found| (found.kind, found.place.unwrap().line)).collect();
    assert_eq!(found, [(Kind::Changed, 60), (Kind::Missing, 43)], "{text}");
    assert!(text.contains("records.jsonl:42: 2 lines are longer than 16 MiB"), "{text}");
}
