//! The rules that fired, and what made them.

use outwork_compiler::Notes;
use outwork_engine::policy::Policy;
use outwork_engine::rules::{Action, Answer, Layer, Mode, Scratch, Standing};
use serde::Serialize;

/// A rule that fired.
#[derive(Serialize)]
pub(super) struct FiredRule {
    pub(super) id: String,
    /// Whether it counted.
    pub(super) counts: bool,
    /// Why it did not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) because: Option<&'static str>,
    pub(super) mode: String,
    pub(super) action: &'static str,
    pub(super) score: i16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) layer: Option<&'static str>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) when: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) why: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) tags: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) references: Vec<String>,
    pub(super) parts: Vec<Part>,
}

/// One test of its condition, and what it said.
#[derive(Serialize)]
pub(super) struct Part {
    pub(super) test: String,
    pub(super) answer: &'static str,
}

pub(super) fn fired(
    policy: &Policy,
    notes: &Notes,
    standings: &[(usize, Standing)],
    scratch: &Scratch,
) -> Vec<FiredRule> {
    let describe = |&(place, standing): &(usize, Standing)| {
        let rule = policy.rules().get(place)?;
        let note = notes.rules.get(place).cloned().unwrap_or_default();
        Some(FiredRule {
            id: rule.id.clone(),
            counts: standing == Standing::Counts,
            because: because(standing),
            mode: mode(rule.mode),
            action: action(rule.action),
            score: rule.score,
            layer: rule.layer.map(layer),
            when: note.when,
            why: note.why,
            tags: note.tags,
            references: note.references,
            parts: parts(policy, notes, place, scratch),
        })
    };
    standings.iter().filter_map(describe).collect()
}

/// Why a rule that holds does not count.
fn because(standing: Standing) -> Option<&'static str> {
    match standing {
        Standing::Counts => None,
        Standing::Shadowed => Some("in shadow for this client"),
        Standing::Late => Some("an earlier rule of its pack has decided"),
        Standing::Expired => Some("its last day is over"),
        Standing::Off => Some("switched off"),
    }
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
