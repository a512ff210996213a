//! Reports for people, as text.

use crate::{Counts, Estimate, FileRow, Passed, Rejected, Summary, WhoRow};
use std::fmt::Write;

// Writing to a `String` cannot fail.
macro_rules! line {
    ($out:expr) => { $out.push('\n') };
    ($out:expr, $($arg:tt)*) => { { let _ = writeln!($out, $($arg)*); } };
}

mod diff;
mod limits;

pub use diff::diff;
pub use limits::simulation;

/// How many rules, fields and the like are named; `--json` has all.
const NAMED: usize = 20;

/// Writes a summary of a replay.
pub fn replay(summary: &Summary) -> String {
    let mut out = String::new();
    head(&mut out, summary);
    verdicts(&mut out, summary);
    rules(&mut out, summary);
    models(&mut out, summary);
    limits(&mut out, summary);
    who(&mut out, "clients", &summary.clients, summary.client_count);
    who(&mut out, "user agents", &summary.user_agents, summary.user_agent_count);
    risk(&mut out, summary);
    hours(&mut out, summary);
    happened(&mut out, summary);
    unavailable(&mut out, summary);
    samples(&mut out, summary);
    rejects(&mut out, &summary.rejected);
    out
}

fn head(out: &mut String, summary: &Summary) {
    let Summary { bundle, mode, requests, .. } = summary;
    line!(out, "{} requests under {bundle} (mode {mode})", number(*requests));
    estimated(out, summary.estimate.as_ref());
    files(out, &summary.files);
    passed(out, summary.passed);
    if summary.rejected.lines > 0 {
        line!(out, "  {} lines could not be read", number(summary.rejected.lines));
    }
    if summary.enforced < *requests {
        let none = *requests - summary.enforced;
        line!(out, "  {} verdicts would not have been in force: the policy's mode is {mode}", number(none));
    }
}

fn files(out: &mut String, files: &[FileRow]) {
    for file in files {
        line!(out, "  {}: {}", file.name, file.format.unwrap_or("empty"));
        if let Some(why) = &file.broken {
            line!(out, "  warning: `{}` could not be read to its end: {why}", file.name);
        }
    }
}

/// That numbers are estimates.
fn estimated(out: &mut String, estimate: Option<&Estimate>) {
    let Some(estimate) = estimate else { return };
    let Estimate { lines, sampled, requests_error, .. } = estimate;
    line!(
        out,
        "  estimated, ± {requests_error:.0}: {} lines, of which {} stand for several",
        number(*lines),
        number(*sampled)
    );
    line!(out, "  requests each, by the rate at which they were kept; ± is a standard error, of shares in points");
}

fn passed(out: &mut String, passed: Option<Passed>) {
    let Some(Passed { outside, timeless }) = passed else { return };
    line!(out, "  {} lines of another time were passed over, and {} without a time", number(outside), number(timeless));
}

fn verdicts(out: &mut String, summary: &Summary) {
    let verdicts = &summary.verdicts;
    line!(out);
    line!(out, "{:<12}{:>12}{:>9}", "verdict", "requests", "share");
    for (name, requests) in verdicts.named() {
        let error = error(summary.estimate.as_ref(), name);
        line!(out, "{name:<12}{:>12}{:>9}{error}", number(requests), share(requests, verdicts.all()));
    }
}

fn rules(out: &mut String, summary: &Summary) {
    line!(out);
    if summary.rules.is_empty() {
        line!(out, "no rule held");
        return;
    }
    let width = summary.rules.iter().take(NAMED).map(|rule| rule.id.len()).max().unwrap_or(0).max(4);
    line!(out, "{:<width$}{:>12}{:>12}{:>12}", "rule", "fired", "counted", "shadow");
    for rule in summary.rules.iter().take(NAMED) {
        let [fired, counted, shadow] = [rule.fired, rule.counted, rule.shadow].map(number);
        line!(out, "{:<width$}{fired:>12}{counted:>12}{shadow:>12}", rule.id);
    }
    more(out, summary.rules.len());
    line!(out, "{} rules never held", summary.silent_rules.len());
}

fn models(out: &mut String, summary: &Summary) {
    if summary.models.is_empty() {
        return;
    }
    line!(out);
    let width = summary.models.iter().map(|model| model.slot.len()).max().unwrap_or(0).max(5);
    let columns = ["scored", "in force", "counted", "programs", "agreed", "disagreed"];
    let columns = columns.map(|column| format!("{column:>12}")).concat();
    line!(out, "{:<width$}{columns}{:>9}", "model", "mean");
    for model in &summary.models {
        let counts = [model.scored, model.in_force, model.counted, model.probable, model.agreed, model.disagreed];
        let counts = counts.map(|count| format!("{:>12}", number(count))).concat();
        line!(out, "{:<width$}{counts}{:>9.4}", model.slot, model.mean_probability);
    }
}

fn more(out: &mut String, rows: usize) {
    if rows > NAMED {
        line!(out, "… and {} more", rows - NAMED);
    }
}

fn limits(out: &mut String, summary: &Summary) {
    if !summary.limits_simulated {
        line!(out, "\nlimits were not simulated");
    } else if !summary.limits.is_empty() {
        line!(out);
        let width = summary.limits.iter().map(|limit| limit.id.len()).max().unwrap_or(0).max(5);
        line!(out, "{:<width$}{:>12}{:>12}{:>12}", "limit", "charged", "refused", "no key");
        for limit in &summary.limits {
            let [charged, refused, keyless] = [limit.charged, limit.refused, limit.keyless].map(number);
            line!(out, "{:<width$}{charged:>12}{refused:>12}{keyless:>12}", limit.id);
        }
    }
    cautions(out, &summary.cautions);
}

fn cautions(out: &mut String, cautions: &[String]) {
    for caution in cautions {
        line!(out, "warning: {caution}");
    }
}

fn who(out: &mut String, what: &str, rows: &[WhoRow], all: usize) {
    if rows.is_empty() {
        return;
    }
    line!(out);
    line!(
        out,
        "{:>9}{:>9}{:>10}{:>11}{:>9}  of {} {what}",
        "allow",
        "tag",
        "throttle",
        "challenge",
        "block",
        number(count(all))
    );
    for row in rows {
        let Counts { allow, tag, throttle, challenge, block } = row.verdicts;
        let [allow, tag, throttle, challenge, block] = [allow, tag, throttle, challenge, block].map(number);
        line!(out, "{allow:>9}{tag:>9}{throttle:>10}{challenge:>11}{block:>9}  {}", cut(&row.name, 100));
    }
}

pub(crate) fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

fn risk(out: &mut String, summary: &Summary) {
    line!(out);
    line!(out, "{:<12}{:>12}", "risk", "requests");
    let bars = steps(&summary.risk);
    let most = bars.iter().map(|(_, requests)| *requests).max().unwrap_or(0);
    for (name, requests) in bars {
        line!(out, "{}", format!("{:<12}{:>12}  {}", name, number(requests), bar(requests, most)).trim_end());
    }
}

/// Risk in steps: 0, and tens.
pub(crate) fn steps(risk: &[u64]) -> Vec<(String, u64)> {
    let sum = |from: usize, to: usize| risk.get(from..=to).unwrap_or_default().iter().sum();
    let mut steps = vec![("0".to_owned(), sum(0, 0))];
    steps.extend((0..10).map(|ten| (format!("{}–{}", ten * 10 + 1, ten * 10 + 10), sum(ten * 10 + 1, ten * 10 + 10))));
    steps
}

fn hours(out: &mut String, summary: &Summary) {
    if summary.hours.len() < 2 {
        return;
    }
    line!(out);
    line!(out, "{:<22}{:>9}{:>9}{:>10}{:>11}{:>9}", "hour (UTC)", "allow", "tag", "throttle", "challenge", "block");
    for row in summary.hours.iter().take(2 * NAMED) {
        let Counts { allow, tag, throttle, challenge, block } = row.verdicts;
        let [allow, tag, throttle, challenge, block] = [allow, tag, throttle, challenge, block].map(number);
        line!(out, "{:<22}{allow:>9}{tag:>9}{throttle:>10}{challenge:>11}{block:>9}", row.hour);
    }
    if summary.hours.len() > 2 * NAMED {
        line!(out, "… and {} more hours", summary.hours.len() - 2 * NAMED);
    }
}

fn happened(out: &mut String, summary: &Summary) {
    if summary.happened.is_empty() {
        return;
    }
    line!(out);
    line!(out, "{:<24}{:<12}{:>12}", "the log says", "verdict", "requests");
    for row in &summary.happened {
        let mark = if row.agrees { "" } else { "  differs" };
        line!(out, "{:<24}{:<12}{:>12}{mark}", row.log, row.verdict, number(row.requests));
    }
}

fn unavailable(out: &mut String, summary: &Summary) {
    if summary.unavailable.is_empty() {
        return;
    }
    line!(out);
    let asked = number(summary.asked);
    line!(
        out,
        "rules ask for what the log does not tell, and say nothing where it is missing ({asked} lines looked at):"
    );
    for row in summary.unavailable.iter().take(NAMED) {
        let [first, ..] = row.rules.as_slice() else { continue };
        let others = if row.rules.len() > 1 { format!(" and {} more", row.rules.len() - 1) } else { String::new() };
        let tenths = format!("{}.{} %", row.per_mille / 10, row.per_mille % 10);
        line!(out, "  {:<40}{tenths:>8} of lines  {first}{others}", row.field);
    }
    more(out, summary.unavailable.len());
}

fn samples(out: &mut String, summary: &Summary) {
    for rule in &summary.samples {
        line!(out, "\n{}", rule.rule);
        for sample in &rule.lines {
            let agent = sample.user_agent.as_deref().unwrap_or("-");
            line!(out, "  {}:{} {} {}", sample.file + 1, sample.line, sample.verdict, sample.client);
            line!(out, "    {} {}", sample.method, cut(&sample.path, 120));
            line!(out, "    {}", cut(agent, 120));
        }
    }
}

fn rejects(out: &mut String, rejected: &Rejected) {
    if rejected.lines == 0 {
        return;
    }
    line!(out);
    for row in &rejected.reasons {
        line!(out, "{:>12}  lines passed over: {}", number(row.lines), row.reason);
    }
    for line in &rejected.first {
        line!(out, "  {}:{}: {}", line.file, line.line, line.reason);
    }
}

/// Digits in groups of three.
pub(crate) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// How far off an estimated share may be, in points: ` ± 0.25`; nothing where it is none.
pub(crate) fn error(estimate: Option<&Estimate>, name: &str) -> String {
    points(estimate.and_then(|estimate| estimate.share_errors.get(name).copied()))
}

pub(crate) fn points(error: Option<f64>) -> String {
    error.map_or_else(String::new, |error| format!(" ± {:.2}", 100.0 * error))
}

/// A share with two places after the point: `12.50 %`.
pub(crate) fn share(part: u64, all: u64) -> String {
    let Some(share) = (u128::from(part) * 10_000 + u128::from(all) / 2).checked_div(u128::from(all)) else {
        return "–".into();
    };
    format!("{}.{:02} %", share / 100, share % 100)
}

fn bar(part: u64, most: u64) -> String {
    let length = (u128::from(part) * 40).div_ceil(u128::from(most.max(1)));
    "█".repeat(usize::try_from(length).unwrap_or(0))
}

pub(crate) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_easy_to_read() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(number), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!((share(1, 8), share(0, 0), share(2, 3)), ("12.50 %".into(), "–".into(), "66.67 %".into()));
        assert_eq!(bar(1, 1_000), "█");
        assert_eq!(cut("abcdef", 4), "abc…");
    }
}
