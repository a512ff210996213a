//! An explanation for people.

use super::Explanation;
use super::decided::Decided;
use super::rules::FiredRule;

/// Writes an explanation, the decision first, the details after it.
pub(crate) fn write(explanation: &Explanation) -> String {
    let mut out = Lines::default();
    decision(&mut out, explanation);
    out.line(format!("\nrules that fired ({})", explanation.rules.len()));
    explanation.rules.iter().for_each(|fired| rule(&mut out, fired));
    out.line("\nlimits charged, for a client never seen before");
    for limit in &explanation.limits {
        let admitted = if limit.admitted { "admitted" } else { "refused" };
        out.line(format!("  {}: {admitted}, {} left", limit.id, limit.remaining));
    }
    if explanation.limits.is_empty() {
        out.line("  none");
    }
    effects(&mut out, &explanation.decision);
    out.line("\nsignals");
    let width = explanation.signals.iter().map(|signal| signal.name.len()).max().unwrap_or(0);
    for signal in &explanation.signals {
        let value = signal.value.as_ref().map_or_else(|| signal.state.to_owned(), ToString::to_string);
        out.line(format!("  {:width$}  {value}", signal.name));
    }
    out.0
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
    out.line(format!("bundle   {}", explanation.bundle));
}

fn rule(out: &mut Lines, rule: &FiredRule) {
    let layer = rule.layer.map_or_else(String::new, |layer| format!(" in {layer}"));
    let counts = rule.because.map_or_else(String::new, |because| format!(", does not count: {because}"));
    out.line(format!(
        "  {}: {:+} points{layer}, action {}, mode {}{counts}",
        rule.id, rule.score, rule.action, rule.mode
    ));
    if !rule.why.is_empty() {
        out.line(format!("      why   {}", rule.why));
    }
    if !rule.tags.is_empty() {
        out.line(format!("      tags  {}", rule.tags.join(", ")));
    }
    rule.references.iter().for_each(|link| out.line(format!("      see   {link}")));
    for (at, line) in rule.when.trim().lines().enumerate() {
        out.line(format!("      {}  {}", if at == 0 { "when" } else { "    " }, line.trim()));
    }
    for part in &rule.parts {
        out.line(format!("      {:>7}  {}", part.answer, part.test));
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
