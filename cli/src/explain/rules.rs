//! The rules that fired, and what made them.

use outwork_compiler::Notes;
use outwork_engine::decision::Decision;
use outwork_engine::policy::Policy;
use outwork_engine::rules::{Action, Answer, Layer, Mode, Scratch};
use serde::Serialize;

/// A rule that fired.
#[derive(Serialize)]
pub(super) struct FiredRule {
    pub(super) id: String,
    /// Whether it counted, or was only noted: in shadow, or outside its canary.
    pub(super) counts: bool,
    pub(super) mode: String,
    pub(super) action: &'static str,
    pub(super) score: i16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) layer: Option<&'static str>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) when: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) why: String,
    pub(super) parts: Vec<Part>,
}

/// One test of its condition, and what it said.
#[derive(Serialize)]
pub(super) struct Part {
    pub(super) test: String,
    pub(super) answer: &'static str,
}

pub(super) fn fired(policy: &Policy, notes: &Notes, decision: &Decision<'_>, scratch: &Scratch) -> Vec<FiredRule> {
    // Reasons are bounded and may have dropped some: what is in shadow is told by the mode then.
    let shadowed = decision.reasons.shadowed();
    let fired = scratch.holding(policy.rules().len()).filter_map(|place| Some((place, policy.rules().get(place)?)));
    fired
        .map(|(place, rule)| FiredRule {
            id: rule.id.clone(),
            counts: !matches!(rule.mode, Mode::Off | Mode::Shadow) && !shadowed.contains(&rule.id.as_str()),
            mode: mode(rule.mode),
            action: action(rule.action),
            score: rule.score,
            layer: rule.layer.map(layer),
            when: notes.rules.get(place).map(|note| note.when.clone()).unwrap_or_default(),
            why: notes.rules.get(place).map(|note| note.why.clone()).unwrap_or_default(),
            parts: parts(policy, notes, place, scratch),
        })
        .collect()
}

fn parts(policy: &Policy, notes: &Notes, place: usize, scratch: &Scratch) -> Vec<Part> {
    let trace = policy.conditions().trace(place, scratch);
    let part = |(atom, answer)| Part {
        test: notes.atoms.get(atom).cloned().unwrap_or_else(|| format!("test {atom}")),
        answer: match answer {
            Answer::False => "false",
            Answer::True => "true",
            Answer::Unknown => "unknown",
        },
    };
    trace.map(part).collect()
}

fn mode(mode: Mode) -> String {
    match mode {
        Mode::Off => "off".into(),
        Mode::Shadow => "shadow".into(),
        Mode::Canary(share) => format!("canary {}.{:02} %", share / 100, share % 100),
        Mode::Enforce => "enforce".into(),
    }
}

fn action(action: Action) -> &'static str {
    match action {
        Action::Score => "score",
        Action::Allow => "allow",
        Action::Tag => "tag",
        Action::Throttle => "throttle",
        Action::Block => "block",
        Action::Decoy => "decoy",
    }
}

fn layer(layer: Layer) -> &'static str {
    match layer {
        Layer::Device => "device",
        Layer::Behaviour => "behaviour",
        Layer::Context => "context",
    }
}
