use std::fmt::Write;

use super::reasons::Told;
use super::recorded::Transaction;
use super::sums::Sums;
use super::{Retold, Sameness};
use crate::output::tame;

/// Writes a decision of the past for people: what was decided, what the person saw and can be told, then every detail.
pub(crate) fn write(retold: &Retold) -> String {
    let mut out = String::new();
    head(&mut out, retold);
    list(&mut out, "what the person saw", &retold.saw);
    list(&mut out, "what the person can be told", &retold.can_be_told);
    if retold.recorded.undecided.is_some() {
        return out;
    }
    reasons(&mut out, "reasons that counted", &retold.reasons);
    if !retold.shadow.is_empty() {
        reasons(&mut out, "rules that fired without counting", &retold.shadow);
    }
    if let Some(sums) = &retold.sums {
        arithmetic(&mut out, sums);
    }
    for model in &retold.models {
        let again = model.again.map_or_else(
            || "not scored again: no features are recorded".into(),
            |again| format!("scored again: {again:.4}"),
        );
        let force = if model.in_force { "in force" } else { "in shadow" };
        _ = writeln!(out, "model {} ({}), {force}: {:.4} recorded, {again}", model.slot, model.id, model.recorded);
    }
    if retold.sums.is_some() {
        _ = writeln!(out, "\nworked out again");
        if retold.differences.is_empty() {
            _ = writeln!(out, "  layers, risk, band and verdict come out as recorded");
        }
        retold.differences.iter().for_each(|difference| _ = writeln!(out, "  {difference}"));
    }
    out
}

fn head(out: &mut String, retold: &Retold) {
    let recorded = &retold.recorded;
    let force = if recorded.enforced { "" } else { " (in shadow: recorded, without effect)" };
    _ = writeln!(out, "record   {} at {}:{}; {}", retold.id, retold.file.display(), retold.line, retold.record_is);
    for other in &retold.others {
        _ = writeln!(out, "ANOTHER  of this reference at {other}");
    }
    _ = writeln!(out, "at       {}", retold.at);
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "?".into());
    // What a client sent may hold what moves a terminal.
    let asked = format!("{} {}{}", text(&recorded.method), text(&recorded.host), text(&recorded.path));
    _ = writeln!(out, "asked    {}", tame(&asked));
    if let Some(agent) = &recorded.user_agent {
        _ = writeln!(out, "as       {}", tame(agent));
    }
    let key = recorded.pseudonym_key.as_ref().map(|key| format!(" (by key {key})")).unwrap_or_default();
    let client = recorded
        .client
        .as_ref()
        .map_or_else(|| "an address that was not seen".into(), |client| format!("address {client}{key}"));
    _ = writeln!(out, "from     {client}, device {}", recorded.device_id);
    if let Some(undecided) = &recorded.undecided {
        _ = writeln!(out, "verdict  none: the request ended before a decision, {}", undecided.waited());
        _ = writeln!(out, "ended    {}", tame(&undecided.ended()));
        _ = writeln!(out, "bundle   {}, which would have decided", retold.bundle);
        return;
    }
    _ = writeln!(out, "verdict  {}{force}", recorded.verdict);
    _ = writeln!(out, "risk     {} of 100, {}; window {}", recorded.risk, recorded.band, recorded.window);
    if let Some(Transaction { id, body, demand }) = &recorded.transaction {
        let demand = demand.as_deref().unwrap_or("none is recorded");
        _ = writeln!(out, "demand   {demand}; transaction {id}, body {body}");
    }
    if let Some(rate) = recorded.sampled {
        _ = writeln!(out, "sampled  one of {:.0} such records was kept", 1.0 / rate.max(0.001));
    }
    let name = retold.told_from.as_deref().unwrap_or_default();
    let told = match retold.is_that_bundle {
        None => ", which was not found: rules are shown by their ids".to_owned(),
        Some(Sameness::Proven) => ", by its SHA-256".to_owned(),
        Some(Sameness::Named) => ", by its name: the record that names it in full is not in these logs".to_owned(),
        Some(Sameness::Other) => {
            format!(", which was not found: rules are told from ANOTHER one, {name}, and nothing is worked out again")
        }
    };
    _ = writeln!(out, "bundle   {}{told}", retold.bundle);
}

fn list(out: &mut String, title: &str, lines: &[String]) {
    _ = writeln!(out, "\n{title}");
    if lines.is_empty() {
        _ = writeln!(out, "  nothing");
    }
    lines.iter().for_each(|line| _ = writeln!(out, "  {}", tame(line)));
}

fn reasons(out: &mut String, title: &str, reasons: &[Told]) {
    _ = writeln!(out, "\n{title} ({})", reasons.len());
    for told in reasons {
        let mut line = format!("  {}: {}", told.id, told.kind);
        if let Some(points) = told.points {
            _ = write!(line, ", {points:+} points");
        }
        if let Some(layer) = told.layer {
            _ = write!(line, " in {layer}");
        }
        if let Some(action) = told.action {
            _ = write!(line, ", action {action}");
        }
        if let (Some(rung), Some(level)) = (&told.rung, told.level) {
            _ = write!(line, ", rung {rung}, level {level}, {} s", told.wait.unwrap_or(0));
        }
        _ = writeln!(out, "{line}");
        for (name, text) in [("at", &told.place), ("why", &told.why), ("when", &told.when)] {
            if !text.is_empty() {
                let text = text.trim().replace('\n', "\n               ");
                _ = writeln!(out, "      {name:7}  {text}");
            }
        }
        if !told.references.is_empty() {
            _ = writeln!(out, "      more     {}", told.references.join(" "));
        }
    }
}

fn arithmetic(out: &mut String, sums: &Sums) {
    _ = writeln!(out, "\nhow the risk adds up");
    for layer in &sums.layers {
        let points: Vec<String> = layer.points.iter().map(|(id, points)| format!("{points:+} {id}")).collect();
        let points = if points.is_empty() { "no points".into() } else { points.join(" ") };
        let seen = match layer.seen {
            Some(0) => "not seen, so it does not count".into(),
            Some(seen) => format!("weighs {} × {seen} seen", layer.weight),
            None => format!("weighs {}", layer.weight),
        };
        _ = writeln!(out, "  {:9}  {points} = {}; {seen}", layer.layer, layer.sum);
    }
    if let Some(mean) = sums.mean {
        _ = writeln!(out, "  mean       {mean}");
    }
    if sums.adjustments != 0 {
        _ = writeln!(out, "  added      {:+}", sums.adjustments);
    }
    if let Some(total) = sums.total {
        _ = writeln!(out, "  risk       {total}, between 0 and 100");
    }
}
