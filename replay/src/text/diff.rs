//! A diff for people, as text.

use super::{cautions, count, cut, error, estimated, files, number, passed, points, rejects, share};
use crate::{ChangedWho, DiffSummary, How};
use std::fmt::Write;

/// How many causes are named; `--json` has all.
const NAMED: usize = 20;

/// Writes the summary of a diff.
pub fn diff(summary: &DiffSummary) -> String {
    let mut out = String::new();
    head(&mut out, summary);
    pairs(&mut out, summary);
    causes(&mut out, summary);
    who(&mut out, "clients", &summary.clients, summary.client_count);
    who(&mut out, "user agents", &summary.user_agents, summary.user_agent_count);
    shifts(&mut out, summary);
    samples(&mut out, summary);
    rejects(&mut out, &summary.rejected);
    budgets(&mut out, summary);
    out
}

fn head(out: &mut String, summary: &DiffSummary) {
    let DiffSummary { old, new, requests, changed, .. } = summary;
    line!(out, "{old} → {new}, {} requests", number(*requests));
    estimated(out, summary.estimate.as_ref());
    files(out, &summary.files);
    passed(out, summary.passed);
    line!(out);
    let rows = [
        ("verdict changes", "changed", *changed),
        ("newly blocked", "newly_blocked", summary.newly_blocked),
        ("newly throttled", "newly_throttled", summary.newly_throttled),
        ("newly challenged", "newly_challenged", summary.newly_challenged),
        ("newly let through", "newly_admitted", summary.newly_admitted),
        ("risk rises", "risk_rises", summary.risk_rises),
        ("risk falls", "risk_falls", summary.risk_falls),
    ];
    for (name, key, some) in rows {
        let error = error(summary.estimate.as_ref(), key);
        line!(out, "{name:<20}{:>12}{:>10}{error}", number(some), share(some, *requests));
    }
    if !summary.limits_simulated {
        line!(out, "limits were not simulated");
    }
    cautions(out, &summary.cautions);
}

fn pairs(out: &mut String, summary: &DiffSummary) {
    let changed: Vec<_> = summary.pairs.iter().filter(|pair| pair.old != pair.new).collect();
    if changed.is_empty() {
        return;
    }
    line!(out);
    for pair in changed {
        let pair_name = format!("{} → {}", pair.old, pair.new);
        let share = share(pair.requests, summary.requests) + &points(pair.share_error);
        line!(out, "{pair_name:<20}{:>12}  {share:>8}", number(pair.requests));
    }
}

fn causes(out: &mut String, summary: &DiffSummary) {
    if summary.causes.is_empty() {
        return;
    }
    line!(out);
    line!(out, "{:>12}  of the changes have to do with", "requests");
    for cause in summary.causes.iter().take(NAMED) {
        let requests = number(cause.requests);
        match cause.how {
            How::Added => line!(out, "{requests:>12}  + {}", cause.id),
            How::Removed => line!(out, "{requests:>12}  - {}", cause.id),
            How::Changed => line!(out, "{requests:>12}  ~ {}", cause.id),
            How::Settings => line!(out, "{requests:>12}  no rule: settings, weights or bands"),
        }
    }
    if summary.causes.len() > NAMED {
        line!(out, "… and {} more", summary.causes.len() - NAMED);
    }
}

fn who(out: &mut String, what: &str, rows: &[ChangedWho], all: usize) {
    if rows.is_empty() {
        return;
    }
    line!(out);
    line!(out, "{:>12}{:>15}  of {} {what} with changes", "changed", "newly refused", number(count(all)));
    for row in rows {
        line!(out, "{:>12}{:>15}  {}", number(row.changed), number(row.newly_refused), cut(&row.name, 100));
    }
}

fn shifts(out: &mut String, summary: &DiffSummary) {
    if summary.risk_rises + summary.risk_falls == 0 {
        return;
    }
    line!(out);
    line!(out, "{:<14}{:>12}", "risk changes", "requests");
    for row in summary.shifts.iter().filter(|row| row.requests > 0) {
        let by = if row.from == 0 { "0".to_owned() } else { format!("{:+} to {:+}", row.from, row.to) };
        line!(out, "{by:<14}{:>12}", number(row.requests));
    }
}

fn samples(out: &mut String, summary: &DiffSummary) {
    if summary.samples.is_empty() {
        return;
    }
    line!(out);
    for change in &summary.samples {
        let (old, new) = (&change.old, &change.new);
        let file = summary.files.get(new.file).map_or("", |file| file.name.as_str());
        line!(out, "{file}:{}: {} → {}, risk {} → {}", new.line, old.verdict, new.verdict, old.risk, new.risk);
        let agent = new.user_agent.as_deref().unwrap_or("-");
        line!(out, "  {} {} {} {}", new.client, new.method, cut(&new.path, 80), cut(agent, 80));
        line!(out, "  {} → {}", reasons(&old.reasons), reasons(&new.reasons));
    }
}

fn reasons(reasons: &[String]) -> String {
    if reasons.is_empty() { "nothing".into() } else { reasons.join(", ") }
}

fn budgets(out: &mut String, summary: &DiffSummary) {
    for within in &summary.budgets {
        let says = if within.exceeded { "over budget" } else { "within budget" };
        let requests = number(within.requests);
        let share = share(within.requests, within.of) + &points(within.share_error);
        line!(
            out,
            "\n{says}: {} {requests} of {} ({share}), at most {}",
            within.name,
            number(within.of),
            within.budget
        );
    }
}
