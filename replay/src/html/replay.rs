//! The page of a replay.

use super::{
    cautions,
    chart::{self, Column, VERDICTS},
    figure, files, measured, page, rejected, section, table, tiles,
};
use crate::{
    Counts, LimitRow, ModelRow, Sample, Summary, WhoRow,
    count::KINDS,
    text::{error, number, share, steps},
};
use maud::{Markup, html};

/// The most columns of the timeline; hours are put together where there are more.
const MOST_COLUMNS: usize = 96;
/// How many rules are shown; `--json` has all.
const NAMED: usize = 40;

/// Writes the summary of a replay.
pub fn replay(summary: &Summary) -> String {
    let body = html! {
        (files(&summary.files))
        (measured(summary.estimate.as_ref(), summary.passed))
        (first(summary))
        (section("Verdicts", &verdicts(summary)))
        (timeline(summary))
        (section("Risk", &risk(&summary.risk)))
        (section("Rules", &rules(summary)))
        (models(summary))
        (limits(summary))
        (section("Clients", &who("Client", &summary.clients, summary.client_count)))
        (section("User agents", &who("User agent", &summary.user_agents, summary.user_agent_count)))
        (happened(summary))
        (unavailable(summary))
        (samples(summary))
        (rejected(&summary.rejected))
    };
    page("Replay", &format!("{} · mode {}", summary.bundle, summary.mode), &body)
}

fn first(summary: &Summary) -> Markup {
    let Counts { tag, throttle, challenge, block, .. } = summary.verdicts;
    let of_all = |name, some| share(some, summary.requests) + &error(summary.estimate.as_ref(), name);
    let unread = summary.rejected.lines;
    html! {
        (tiles(&[
            ("Requests", number(summary.requests), format!("{} lines not read", number(unread))),
            ("Tagged", number(tag), of_all("tag", tag)),
            ("Throttled", number(throttle), of_all("throttle", throttle)),
            ("Challenged", number(challenge), of_all("challenge", challenge)),
            ("Blocked", number(block), of_all("block", block)),
            ("In force", number(summary.enforced), of_all("enforced", summary.enforced)),
        ]))
        @if !summary.limits_simulated { p.note { "Limits were not simulated." } }
    }
}

fn verdicts(summary: &Summary) -> Markup {
    let counts = &summary.verdicts;
    let named = counts.named();
    let shown = |name, requests| share(requests, counts.all()) + &error(summary.estimate.as_ref(), name);
    let rows: Vec<_> = named
        .iter()
        .map(|(name, requests)| ((*name).to_owned(), vec![number(*requests), shown(name, *requests)]))
        .collect();
    figure(
        &html! { (chart::whole("Requests by verdict", &named)) (legend()) },
        &table("Requests by verdict", &["Verdict", "Requests", "Share"], &rows),
    )
}

pub(super) fn legend() -> Markup {
    html! {
        ul.legend {
            @for name in VERDICTS {
                li { svg viewBox="0 0 10 10" aria-hidden="true" { rect class=(name) width="10" height="10" rx="2" {} } (name) }
            }
        }
    }
}

fn timeline(summary: &Summary) -> Markup {
    if summary.hours.len() < 2 {
        return html! {};
    }
    let together = summary.hours.len().div_ceil(MOST_COLUMNS).max(1);
    let columns: Vec<_> = summary
        .hours
        .chunks(together)
        .map(|hours| {
            let parts = hours.iter().fold([0; KINDS], |mut sum: [u64; KINDS], hour| {
                sum.iter_mut().zip(hour.verdicts.named()).for_each(|(sum, (_, requests))| *sum += requests);
                sum
            });
            let name = hours.first().map(|hour| hour.hour.get(5..16).unwrap_or(&hour.hour).replace('T', " "));
            Column { name: name.unwrap_or_default(), parts: parts.to_vec() }
        })
        .collect();
    let rows: Vec<_> = summary.hours.iter().map(|row| (row.hour.clone(), cells(&row.verdicts))).collect();
    let head = ["Hour (UTC)", "allow", "tag", "throttle", "challenge", "block"];
    section(
        "Over time",
        &figure(
            &html! { (chart::columns("Requests by hour and verdict, UTC", &columns, &VERDICTS)) (legend()) },
            &table("Requests by hour", &head, &rows),
        ),
    )
}

fn cells(counts: &Counts) -> Vec<String> {
    counts.named().iter().map(|(_, requests)| number(*requests)).collect()
}

fn risk(risk: &[u64]) -> Markup {
    let steps = steps(risk);
    let columns: Vec<_> =
        steps.iter().map(|(name, requests)| Column { name: name.clone(), parts: vec![*requests] }).collect();
    let rows: Vec<_> = steps.into_iter().map(|(name, requests)| (name, vec![number(requests)])).collect();
    figure(
        &chart::columns("Requests by risk", &columns, &["requests"]),
        &table("Requests by risk", &["Risk", "Requests"], &rows),
    )
}

fn rules(summary: &Summary) -> Markup {
    let most = summary.rules.iter().map(|rule| rule.fired).max().unwrap_or(0);
    html! {
        div.scroll {
            table {
                caption { "How often each rule held, and counted" }
                thead { tr { th scope="col" { "Rule" } th scope="col" { "Fired" } th scope="col" { "Counted" } th scope="col" { "Shadow" } th scope="col" { "" } } }
                tbody {
                    @for rule in summary.rules.iter().take(NAMED) {
                        tr {
                            th scope="row" { (rule.id) }
                            td { (number(rule.fired)) }
                            td { (number(rule.counted)) }
                            td { (number(rule.shadow)) }
                            td.wide { (chart::bar("requests", rule.fired, most)) }
                        }
                    }
                }
            }
        }
        @if summary.rules.len() > NAMED { p.note { "… and " (summary.rules.len() - NAMED) " more" } }
        @if !summary.silent_rules.is_empty() {
            details {
                summary { (summary.silent_rules.len()) " rules never held" }
                p { @for id in &summary.silent_rules { code { (id) } " " } }
            }
        }
    }
}

fn models(summary: &Summary) -> Markup {
    if summary.models.is_empty() {
        return html! {};
    }
    let row = |model: &ModelRow| {
        let counts =
            [model.scored, model.in_force, model.counted, model.probable, model.agreed, model.disagreed].map(number);
        let mean = format!("{:.4}", model.mean_probability);
        (model.slot.clone(), counts.into_iter().chain([mean]).collect())
    };
    let rows: Vec<_> = summary.models.iter().map(row).collect();
    let caption = "How often each model scored, was in force, said more than the rules, held a program for probable, and, beside the model in force of its layer, agreed with it or did not";
    section(
        "Models",
        &table(caption, &["Model", "Scored", "In force", "Counted", "Programs", "Agreed", "Disagreed", "Mean"], &rows),
    )
}

fn limits(summary: &Summary) -> Markup {
    let row = |limit: &LimitRow| {
        (limit.id.clone(), vec![number(limit.charged), number(limit.refused), number(limit.keyless)])
    };
    let rows: Vec<_> = summary.limits.iter().filter(|_| summary.limits_simulated).map(row).collect();
    if rows.is_empty() && summary.cautions.is_empty() {
        return html! {};
    }
    let caption = "Charges, those that were refused, and how often the log lacks a part of the key";
    let body = html! {
        @if !rows.is_empty() { (table(caption, &["Limit", "Charged", "Refused", "No key"], &rows)) }
        (cautions(&summary.cautions))
    };
    section("Limits and canaries", &body)
}

fn who(what: &str, rows: &[WhoRow], all: usize) -> Markup {
    let caption = format!("Those with the most requests of each verdict, of {}", number(crate::text::count(all)));
    let rows: Vec<_> = rows.iter().map(|row| (row.name.clone(), cells(&row.verdicts))).collect();
    html! { div.scroll { (table(&caption, &[what, "allow", "tag", "throttle", "challenge", "block"], &rows)) } }
}

fn happened(summary: &Summary) -> Markup {
    if summary.happened.is_empty() {
        return html! {};
    }
    let body = html! {
        table {
            caption { "What the log says that happened, and the verdict; where they differ, the line is marked" }
            thead { tr { th scope="col" { "Log" } th scope="col" { "Verdict" } th scope="col" { "Requests" } th scope="col" { "" } } }
            tbody {
                @for row in &summary.happened {
                    tr.differs[!row.agrees] {
                        th scope="row" { (row.log) }
                        td { (row.verdict) }
                        td { (number(row.requests)) }
                        td { @if !row.agrees { "differs" } }
                    }
                }
            }
        }
    };
    section("Against the log", &body)
}

fn unavailable(summary: &Summary) -> Markup {
    if summary.unavailable.is_empty() {
        return html! {};
    }
    let body = html! {
        p.note { "Rules ask for these, and the log does not tell them. A rule says nothing where what it asks for is missing: in front of the origin more may fire than here." }
        div.scroll {
            table {
                caption { "Of how many lines each is missing, " (number(summary.asked)) " looked at" }
                thead { tr { th scope="col" { "Field" } th scope="col" { "Lines" } th.text scope="col" { "Rules" } } }
                tbody {
                    @for row in &summary.unavailable {
                        tr {
                            th scope="row" { (row.field) }
                            td { (row.per_mille / 10) "." (row.per_mille % 10) " %" }
                            td.text { (first_few(&row.rules)) }
                        }
                    }
                }
            }
        }
    };
    section("What the log does not tell", &body)
}

fn first_few(rules: &[String]) -> String {
    let named = rules.iter().take(4).cloned().collect::<Vec<_>>().join(", ");
    if rules.len() > 4 { format!("{named}, … {} in all", rules.len()) } else { named }
}

fn samples(summary: &Summary) -> Markup {
    if summary.samples.is_empty() {
        return html! {};
    }
    let body = html! {
        @for rule in &summary.samples {
            details { summary { code { (rule.rule) } } div.scroll { (lines(&rule.lines)) } }
        }
    };
    section("Examples", &body)
}

/// Lines of a log with what was decided about them.
fn lines(samples: &[Sample]) -> Markup {
    html! {
        table {
            caption { "The first lines on which the rule held" }
            thead { tr { th scope="col" { "Request" } th scope="col" { "Line" } th scope="col" { "Verdict" } th scope="col" { "Risk" } } }
            tbody {
                @for sample in samples {
                    tr {
                        th scope="row" { (sample.client) " " (sample.method) " " (sample.path) br; (sample.user_agent.as_deref().unwrap_or("-")) }
                        td { (sample.line) }
                        td { (sample.verdict) }
                        td { (sample.risk) }
                    }
                }
            }
        }
    }
}
