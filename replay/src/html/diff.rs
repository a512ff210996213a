//! The page of a diff.

use super::{
    cautions,
    chart::{self, Column},
    figure, files, measured, page, rejected, section, table, tiles,
};
use crate::{
    ChangedWho, DiffSummary, How,
    text::{error, number, points, share},
};
use maud::{Markup, html};

/// How many causes are shown; `--json` has all.
const NAMED: usize = 40;

/// Writes the summary of a diff.
pub fn diff(summary: &DiffSummary) -> String {
    let body = html! {
        (files(&summary.files))
        (measured(summary.estimate.as_ref(), summary.passed))
        (first(summary))
        (budgets(summary))
        (section("Verdicts", &pairs(summary)))
        (section("Rules and limits behind the changes", &causes(summary)))
        (section("Risk", &shifts(summary)))
        (section("Clients", &who("Client", &summary.clients)))
        (section("User agents", &who("User agent", &summary.user_agents)))
        (section("Examples", &samples(summary)))
        (rejected(&summary.rejected))
    };
    page("Diff", &format!("{} → {}", summary.old, summary.new), &body)
}

fn first(summary: &DiffSummary) -> Markup {
    let of_all = |key, some| share(some, summary.requests) + &error(summary.estimate.as_ref(), key);
    let tile = |name, key, some| (name, number(some), of_all(key, some));
    html! {
        (tiles(&[
            ("Requests", number(summary.requests), format!("{} lines not read", number(summary.rejected.lines))),
            tile("Verdict changes", "changed", summary.changed),
            tile("Newly blocked", "newly_blocked", summary.newly_blocked),
            tile("Newly throttled", "newly_throttled", summary.newly_throttled),
            tile("Newly challenged", "newly_challenged", summary.newly_challenged),
            tile("Newly let through", "newly_admitted", summary.newly_admitted),
        ]))
        @if !summary.limits_simulated { p.note { "Limits were not simulated." } }
        (cautions(&summary.cautions))
    }
}

fn budgets(summary: &DiffSummary) -> Markup {
    html! {
        @for within in &summary.budgets {
            p {
                @if within.exceeded { span.over { "Over budget" } } @else { span.within { "Within budget" } }
                ": " (within.name) " " (number(within.requests)) " (" (share(within.requests, within.of)) (points(within.share_error)) "), at most " (within.budget.to_string())
            }
        }
    }
}

fn pairs(summary: &DiffSummary) -> Markup {
    let verdicts = chart::VERDICTS;
    let requests = |old: &str, new: &str| {
        summary.pairs.iter().find(|pair| pair.old == old && pair.new == new).map_or(0, |pair| pair.requests)
    };
    html! {
        table {
            caption { "Requests by old verdict (rows) and new verdict (columns)" }
            thead { tr { th scope="col" { "Old" } @for new in verdicts { th scope="col" { (new) } } } }
            tbody {
                @for old in verdicts {
                    tr {
                        th scope="row" { (old) }
                        @for new in verdicts {
                            td { @if old == new { span.note { (number(requests(old, new))) } } @else { (number(requests(old, new))) } }
                        }
                    }
                }
            }
        }
    }
}

fn causes(summary: &DiffSummary) -> Markup {
    if summary.causes.is_empty() {
        return html! { p.note { "No verdict changes." } };
    }
    let most = summary.causes.iter().map(|cause| cause.requests).max().unwrap_or(0);
    html! {
        table {
            caption { "Of how many changes of verdict each is a part" }
            thead { tr { th scope="col" { "Rule or limit" } th.text scope="col" { "" } th scope="col" { "Requests" } th scope="col" { "" } } }
            tbody {
                @for cause in summary.causes.iter().take(NAMED) {
                    @let (how, class) = how(cause.how);
                    tr {
                        th scope="row" { @if cause.id.is_empty() { "settings, weights or bands" } @else { (cause.id) } }
                        td.text { (how) }
                        td { (number(cause.requests)) }
                        td.wide { (chart::bar(class, cause.requests, most)) }
                    }
                }
            }
        }
        @if summary.causes.len() > NAMED { p.note { "… and " (summary.causes.len() - NAMED) " more" } }
    }
}

const fn how(how: How) -> (&'static str, &'static str) {
    match how {
        How::Added => ("counts now", "rises"),
        How::Removed => ("counts no more", "falls"),
        How::Changed => ("counts otherwise", "requests"),
        How::Settings => ("", "requests"),
    }
}

fn shifts(summary: &DiffSummary) -> Markup {
    let class = |from: i64| match from {
        ..0 => 1,
        0 => 0,
        _ => 2,
    };
    let name = |from: i64, to: i64| if from == 0 { "0".to_owned() } else { format!("{from:+} to {to:+}") };
    // Most risks stay as they are: their column would hide the others.
    let moved = summary.shifts.iter().filter(|row| row.from != 0);
    let columns: Vec<_> = moved
        .map(|row| {
            let mut parts = vec![0; 3];
            if let Some(part) = parts.get_mut(class(row.from)) {
                *part = row.requests;
            }
            Column { name: name(row.from, row.to), parts }
        })
        .collect();
    let rows: Vec<_> = summary.shifts.iter().map(|row| (name(row.from, row.to), vec![number(row.requests)])).collect();
    figure(
        &chart::columns(
            "Requests by change of risk, without those whose risk stays",
            &columns,
            &["same", "falls", "rises"],
        ),
        &table("Requests by change of risk", &["Change", "Requests"], &rows),
    )
}

fn who(what: &str, rows: &[ChangedWho]) -> Markup {
    let rows: Vec<_> =
        rows.iter().map(|row| (row.name.clone(), vec![number(row.changed), number(row.newly_refused)])).collect();
    html! { div.scroll { (table("Those with the most changes", &[what, "Changed", "Newly refused"], &rows)) } }
}

fn samples(summary: &DiffSummary) -> Markup {
    html! {
        div.scroll {
            table {
                caption { "The first lines of each pair of verdicts" }
                thead { tr { th scope="col" { "Request" } th scope="col" { "Line" } th scope="col" { "Verdict" } th scope="col" { "Risk" } th.text scope="col" { "Reasons" } } }
                tbody {
                    @for change in &summary.samples {
                        @let (old, new) = (&change.old, &change.new);
                        tr {
                            th scope="row" { (new.client) " " (new.method) " " (new.path) br; (new.user_agent.as_deref().unwrap_or("-")) }
                            td { (new.line) }
                            td { (old.verdict) " → " (new.verdict) }
                            td { (old.risk) " → " (new.risk) }
                            td.text { (old.reasons.join(", ")) " → " (new.reasons.join(", ")) }
                        }
                    }
                }
            }
        }
    }
}
