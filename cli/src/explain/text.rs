//! An explanation for people.

use super::Explanation;
use super::Named;
use super::decided::Decided;
use super::models::ExplainedModel;
use super::risk::{Arithmetic, Points};
use super::rules::ExplainedRule;

/// Writes an explanation, the decision first, the details after it.
pub(crate) fn write(explanation: &Explanation) -> String {
    let mut out = Lines::default();
    decision(&mut out, explanation);
    arithmetic(&mut out, &explanation.risk);
    models(&mut out, &explanation.models);
    rules(&mut out, explanation, &explanation.asked);
    out.line("\nlimits, for a client never seen before");
    for limit in &explanation.limits {
        out.line(limit.line());
    }
    if explanation.limits.is_empty() {
        out.line("  none");
    }
    transactions(&mut out, explanation);
    effects(&mut out, &explanation.decision);
    out.line("\nfacts");
    table(&mut out, &explanation.facts);
    out.line("\nsignals");
    table(&mut out, &explanation.signals);
    out.0
}

/// Writes what decided: the risk, the rules that fired, and those asked for that did not.
pub(crate) fn brief(explanation: &Explanation) -> String {
    let mut out = Lines::default();
    arithmetic(&mut out, &explanation.risk);
    models(&mut out, &explanation.models);
    rules(&mut out, explanation, explanation.asked.iter().filter(|rule| !rule.fired));
    out.0
}

/// How many inputs of a model are shown; JSON has all of them.
const MOST_INPUTS: usize = 8;

fn models(out: &mut Lines, models: &[ExplainedModel]) {
    if models.is_empty() {
        return;
    }
    out.line("\nmodels");
    for model in models {
        let said = match (model.probability, model.points) {
            (Some(probability), Some(points)) => {
                format!("probability {probability:.4}, {points} points in {}, ", model.layer)
            }
            _ => String::new(),
        };
        out.line(format!("  {} ({}), mode {}: {said}{}", model.slot, model.id, model.mode, model.standing));
        if let Some(mean) = model.mean.filter(|_| !model.reasons.is_empty()) {
            out.line(format!("      {mean:+.3}  to begin with, in logits"));
        }
        for moved in &model.reasons {
            out.line(format!("      {:+.3}  {}", moved.logits, moved.reason));
        }
        if !model.inputs.is_empty() {
            out.line("      of these, by what was read");
        }
        for moved in model.inputs.iter().take(MOST_INPUTS) {
            let Named { name, state, value } = &moved.signal;
            let value = value.as_ref().map_or_else(|| (*state).to_owned(), ToString::to_string);
            out.line(format!("      {:+.3}  {name} = {value}", moved.logits));
        }
    }
}

fn rules<'e>(out: &mut Lines, explanation: &'e Explanation, asked: impl IntoIterator<Item = &'e ExplainedRule>) {
    out.line(format!("\nrules that fired ({})", explanation.rules.len()));
    explanation.rules.iter().for_each(|fired| rule(out, fired));
    let mut asked = asked.into_iter().peekable();
    if asked.peek().is_some() {
        out.line("\nrules asked for");
        asked.for_each(|asked| rule(out, asked));
    }
}

fn table(out: &mut Lines, named: &[Named]) {
    let width = named.iter().map(|named| named.name.len()).max().unwrap_or(0);
    for Named { name, state, value } in named {
        let value = value.as_ref().map_or_else(|| (*state).to_owned(), ToString::to_string);
        out.line(format!("  {name:width$}  {value}"));
    }
}

/// Which points of which rule add up to what.
fn arithmetic(out: &mut Lines, risk: &Arithmetic) {
    out.line("\nhow the risk adds up");
    for layer in &risk.layers {
        let seen = match layer.seen {
            0 => "not seen, so it does not count".to_owned(),
            seen => format!("weighs {} × {seen} seen", layer.weight),
        };
        let points = match &layer.model {
            Some(model) => format!("{} {} or {}", model.points, model.model, sum(&layer.points)),
            None => sum(&layer.points),
        };
        out.line(format!("  {:9}  {points} = {}; {seen}", layer.layer, layer.score));
    }
    out.line(format!("  mean       {}", risk.mean));
    if !risk.adjustments.is_empty() {
        out.line(format!("  added      {}", sum(&risk.adjustments)));
    }
    out.line(format!("  risk       {}, between 0 and 100", risk.total));
}

fn sum(points: &[Points]) -> String {
    let terms: Vec<String> = points.iter().map(|points| format!("{:+} {}", points.points, points.rule)).collect();
    if terms.is_empty() { "no points".into() } else { terms.join(" ") }
}

fn decision(out: &mut Lines, explanation: &Explanation) {
    let decided = &explanation.decision;
    let force = if decided.enforced { "" } else { " (in shadow: recorded, without effect)" };
    out.line(format!("verdict  {}{force}", decided.verdict));
    let layer =
        |name, score: Option<u8>| score.map_or_else(|| format!("{name} not seen"), |score| format!("{name} {score}"));
    let layers =
        [layer("device", decided.device), layer("behaviour", decided.behaviour), layer("context", decided.context)];
    out.line(format!("risk     {} of 100, {}: {}", decided.risk, decided.band, layers.join(", ")));
    out.line(format!("seen     {} of 1000 of what there is to see", decided.confidence));
    if let Some(agent) = &explanation.agent {
        out.line(format!(
            "agent    {} ({}), proven by its {}; purpose {}",
            agent.id, agent.name, agent.by, agent.purpose
        ));
        out.line(format!("         at {}: {}", agent.place, agent.why));
        agent.references.iter().for_each(|link| out.line(format!("         {link}")));
    }
    out.line(format!("bundle   {}", explanation.bundle));
    out.line(format!("at       {}", explanation.at));
}

fn rule(out: &mut Lines, rule: &ExplainedRule) {
    let layer = rule.layer.map_or_else(String::new, |layer| format!(" in {layer}"));
    let counts = match rule.because {
        _ if !rule.fired => ", did not fire".to_owned(),
        Some(because) => format!(", does not count: {because}"),
        None => String::new(),
    };
    out.line(format!(
        "  {}: {:+} points{layer}, action {}, mode {}{counts}",
        rule.id, rule.score, rule.action, rule.mode
    ));
    let note = |out: &mut Lines, name, text: &str| {
        if !text.is_empty() {
            out.line(format!("      {name:7}  {text}"));
        }
    };
    note(out, "at", &rule.place);
    note(out, "why", &rule.why);
    note(out, "tags", &rule.tags.join(", "));
    note(out, "more", &rule.references.join(" "));
    match &rule.condition {
        Some(condition) => out.0.push_str(&condition.lines("      ")),
        None => note(out, "when", &rule.when),
    }
}

fn transactions(out: &mut Lines, explanation: &Explanation) {
    if explanation.transactions.is_empty() {
        return;
    }
    out.line("\ntransactions");
    for one in &explanation.transactions {
        out.line(one.line(explanation.window));
        for (name, text) in [("at", &one.place), ("why", &one.why)] {
            if !text.is_empty() {
                out.line(format!("      {name:7}  {text}"));
            }
        }
        match &one.condition {
            Some(condition) => out.0.push_str(&condition.lines("      ")),
            None => out.line(format!("      when     {}", one.when)),
        }
    }
}

fn effects(out: &mut Lines, decided: &Decided) {
    if let Some(reply) = &decided.reply {
        out.line(format!("\nthe client is answered {}", reply.status));
        reply.headers.iter().for_each(|(name, value)| out.line(format!("  {name}: {value}")));
        reply.body.lines().for_each(|line| out.line(format!("  {line}")));
        return;
    }
    out.line("\nthe request goes on");
    for header in &decided.headers {
        match &header.value {
            Some(value) => out.line(format!("  + {}: {value}", header.name)),
            None => out.line(format!("  - {}", header.name)),
        }
    }
}

#[derive(Default)]
struct Lines(String);

impl Lines {
    fn line(&mut self, text: impl AsRef<str>) {
        self.0.push_str(text.as_ref());
        self.0.push('\n');
    }
}
