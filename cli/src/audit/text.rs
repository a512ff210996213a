use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::PathBuf;

use super::finding::{Finding, Place};
use super::report::{ChainReport, Report, Rotation};
use crate::lines::too_long;
use crate::output::tame;

/// The most findings and chains that are shown to people; JSON has more.
const MOST_SHOWN: usize = 40;

/// Writes a report for people.
pub(crate) fn write(report: &Report, files: &[PathBuf]) -> String {
    let mut out = String::new();
    for finding in report.findings.iter().take(MOST_SHOWN) {
        _ = writeln!(out, "{}", shown(finding, files));
    }
    let all: u64 = report.counts.values().sum();
    if all > MOST_SHOWN as u64 {
        _ = writeln!(out, "… and {} more findings", all - MOST_SHOWN as u64);
    }
    for chain in report.chains.iter().take(MOST_SHOWN) {
        _ = writeln!(out, "{}", row(chain));
    }
    if report.chains.len() > MOST_SHOWN {
        _ = writeln!(out, "… and {} more chains", report.chains.len() - MOST_SHOWN);
    }
    for Rotation { chain, why, from, to, place } in &report.rotations {
        let from = from.as_deref().unwrap_or("another");
        _ = writeln!(out, "{}key {from} → {to}: chain {chain}, {why}", at(*place, files));
    }
    rest(&mut out, report, files);
    let (records, chains) = (report.records, report.chains.len() as u64);
    let verdict = if report.complete {
        sound(report)
    } else {
        format!("{all} finding{}: the log is not what was written", plural(all))
    };
    let runs = report.chains.iter().filter_map(|chain| chain.run.as_deref()).collect::<BTreeSet<_>>().len() as u64;
    let runs = if runs > 0 { format!(" in {runs} run{}", plural(runs)) } else { String::new() };
    _ = writeln!(
        out,
        "{records} proven record{} of {chains} chain{}{runs}: {verdict}",
        plural(records),
        plural(chains)
    );
    out
}

/// What is proven of a log in which nothing is wrong, and what is not.
fn sound(report: &Report) -> String {
    let unordered = report.chains.iter().filter(|chain| chain.unordered).count();
    let none = "none is missing before the last of its chain that is here, changed";
    let rest = match report.counted {
        Some(count) => format!("they are the {count} that `--count` says"),
        None => "what came after those, and other runs, only `--count` or `--heads` can tell".to_owned(),
    };
    match (report.displaced_at_most, unordered) {
        (None, 0) => format!("{none}, moved or there twice; {rest}"),
        (None, _) => {
            let ordered = report.chains.len() - unordered;
            let chains = plural(ordered as u64);
            format!("{none} or there twice, and of {ordered} chain{chains} nothing was moved; {rest}")
        }
        (Some(limit), _) => {
            format!("{none} or there twice; by less than {limit} s anything may have been moved; {rest}")
        }
    }
}

fn plural(count: u64) -> &'static str {
    if count == 1 { "" } else { "s" }
}

fn shown(finding: &Finding, files: &[PathBuf]) -> String {
    let place = finding.place.map(|place| at(place, files)).unwrap_or_default();
    let chain = finding.chain.as_ref().map(|id| format!("chain {id}: ")).unwrap_or_default();
    tame(&format!("{place}{chain}{}", finding.message))
}

fn at(Place { file, line }: Place, files: &[PathBuf]) -> String {
    let name = files.get(file).map(|path| path.display().to_string()).unwrap_or_default();
    format!("{name}:{line}: ")
}

fn row(chain: &ChainReport) -> String {
    let mut row = format!("chain {}  records {}, last {}", chain.id, chain.records, chain.last);
    match (&chain.opened, &chain.run, chain.number) {
        (Some(why), Some(run), Some(number)) => _ = write!(row, "; {why}, number {number} of run {run}"),
        (Some(why), _, _) => _ = write!(row, "; {why}"),
        (None, _, _) => row += "; began in an earlier log",
    }
    if let Some(follows) = &chain.follows {
        _ = write!(row, ", follows {follows}");
    }
    if let (Some(from), Some(to)) = (&chain.from, &chain.to) {
        _ = write!(row, "; {from} to {to}");
    }
    _ = write!(row, "; key {}", chain.keys.join(", "));
    if chain.unordered {
        row += "; in any order";
    }
    if chain.displaced > 0 {
        _ = write!(row, "; {} out of order", chain.displaced);
    }
    row
}

fn rest(out: &mut String, report: &Report, files: &[PathBuf]) {
    if report.unchained > 0 {
        _ = writeln!(out, "{} records have no chain, and may be anything", report.unchained);
    }
    let alone = report.chains.iter().filter(|chain| chain.opened.is_some() && chain.run.is_none()).count();
    if alone > 0 {
        _ = writeln!(
            out,
            "{alone} chains are of no run, as those of Workers: that all of another is missing nobody could tell"
        );
    }
    let unordered = report.chains.iter().filter(|chain| chain.unordered).count();
    if unordered > 0 {
        _ = writeln!(
            out,
            "{unordered} chains are of HTTP/3, whose lines come in any order: what is moved of them nobody could tell"
        );
    }
    if report.others > 0 {
        _ = writeln!(out, "{} lines hold no record", report.others);
    }
    if let Some(place) = report.first_long {
        let (long, lines) = (report.long, if report.long == 1 { " is" } else { "s are" });
        _ = writeln!(out, "{}{long} line{lines} {} and cannot be read, this one first", at(place, files), too_long());
    }
    if report.cut > 0 {
        let (cut, lines) = (report.cut, plural(report.cut));
        _ = writeln!(out, "{cut} line{lines} a host was writing when it was killed; it begins anew in the same");
    }
}
