//! The page of simulated limits.

use super::{
    cautions,
    chart::{self, Column, VERDICTS},
    figure, files, measured, page, rejected,
    replay::legend,
    section, table, tiles,
};
use crate::{
    AskedCounts, LimitReport, Simulation,
    text::{number, share},
};
use maud::{Markup, html};
use outwork_engine::time::Time;

/// Writes what limits would do.
pub fn simulation(simulation: &Simulation) -> String {
    let body = html! {
        (files(&simulation.files))
        (measured(None, simulation.passed))
        @for set in &simulation.set { p.note { "With " code { (set) } } }
        (first(simulation))
        (section("Limits", &all(&simulation.limits)))
        (cautions(&simulation.cautions))
        @for limit in simulation.limits.iter().filter(|limit| limit.counts.charged > 0) {
            (section(&limit.id, &one(limit, simulation.step)))
        }
        (rejected(&simulation.rejected))
    };
    page("What the limits would do", &format!("{} · mode {}", simulation.bundle, simulation.mode), &body)
}

fn first(simulation: &Simulation) -> Markup {
    let Simulation { requests, charged, refused, limits, .. } = simulation;
    let of_all = |some| share(some, *requests);
    let refusing = limits.iter().filter(|limit| limit.counts.refused() > 0).count();
    tiles(&[
        ("Requests", number(*requests), format!("{} lines not read", number(simulation.rejected.lines))),
        ("Charged", number(*charged), of_all(*charged)),
        ("Refused", number(*refused), of_all(*refused)),
        ("Limits that refuse", refusing.to_string(), format!("of {}", limits.len())),
    ])
}

fn all(limits: &[LimitReport]) -> Markup {
    let rows: Vec<_> = limits
        .iter()
        .map(|limit| {
            let keys = [number(limit.keys), number(limit.keys_refused)];
            let refused = share(limit.counts.refused(), limit.counts.charged);
            (limit.id.clone(), counts(&limit.counts).into_iter().chain([refused]).chain(keys).collect())
        })
        .collect();
    let head = ["Limit", "Charged", "Tagged", "Throttled", "Challenged", "Blocked", "Refused", "Keys", "Refused keys"];
    html! { div.scroll { (table("Charges, what became of them, and by how many keys", &head, &rows)) } }
}

fn one(limit: &LimitReport, step: u64) -> Markup {
    let rows: Vec<_> = limit.time.iter().map(|row| (row.from.clone(), counts(&row.counts).to_vec())).collect();
    let [low, ..] = limit.interval;
    let head = ["From (UTC)", "Charged", "Tagged", "Throttled", "Challenged", "Blocked"];
    html! {
        p.note {
            "A bucket of " (number(limit.burst.into())) ", one token every " (low) " s"
            @if !limit.ladder.is_empty() { ", ladder " (limit.ladder.join(" → ")) }
            ", " (limit.scope)
        }
        (figure(
            &html! { (chart::columns("Charges over time, UTC", &columns(limit, step), &VERDICTS)) (legend()) },
            &table(&format!("Charges in steps of {step} s"), &head, &rows),
        ))
        @if !limit.heaviest.is_empty() { div.scroll { (heaviest(limit)) } }
    }
}

/// A chart has every step, also those in which nothing was.
fn columns(limit: &LimitReport, step: u64) -> Vec<Column> {
    let (Some(first), Some(last)) = (limit.time.first(), limit.time.last()) else { return Vec::new() };
    let steps = (last.seconds - first.seconds) / step.max(1);
    let mut rows = limit.time.iter().peekable();
    (0..=steps)
        .map(|at| {
            let seconds = first.seconds + at * step;
            let counts = rows.next_if(|row| row.seconds == seconds).map(|row| row.counts).unwrap_or_default();
            let name = crate::summary::instant(Time::from_seconds(seconds));
            // Day, hour and minute; the seconds too where steps are that short.
            let name = if step < 60 { name.get(11..19) } else { name.get(5..16) }.unwrap_or(&name).replace('T', " ");
            Column { name, parts: counts.named().map(|(_, number)| number).to_vec() }
        })
        .collect()
}

fn heaviest(limit: &LimitReport) -> Markup {
    let rows: Vec<_> = limit
        .heaviest
        .iter()
        .map(|row| (format!("{} (first {}:{})", row.key, row.file, row.line), counts(&row.counts).to_vec()))
        .collect();
    let head = ["Key", "Charged", "Tagged", "Throttled", "Challenged", "Blocked"];
    let caption = format!("Those with the most refusals, then the most charges, of {}", number(limit.keys));
    table(&caption, &head, &rows)
}

fn counts(counts: &AskedCounts) -> [String; 5] {
    let AskedCounts { charged, tagged, throttled, challenged, blocked } = *counts;
    [charged, tagged, throttled, challenged, blocked].map(number)
}
