//! Rules, and what made them fire or not.

use outwork_compiler::{Notes, Trace};
use outwork_engine::policy::Policy;
use outwork_engine::rules::{Action, Layer, Mode, Scratch, Standing};
use outwork_engine::signals::Scene;
use serde::Serialize;

/// A rule, and how its condition was worked out.
#[derive(Serialize)]
pub(super) struct ExplainedRule {
    pub(super) id: String,
    /// Where it stands, as `packs/tools.toml:12`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) place: String,
    pub(super) fired: bool,
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
    /// The condition, part by part; none where the bundle has no notes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) condition: Option<Trace>,
}

/// What rules are described by.
pub(super) struct Describe<'a> {
    pub(super) policy: &'a Policy,
    pub(super) notes: &'a Notes,
    pub(super) scratch: &'a Scratch,
    pub(super) scene: &'a Scene<'a>,
}

impl Describe<'_> {
    /// The rule at a place; `standing` is none when it did not fire.
    pub(super) fn rule(&self, place: usize, standing: Option<Standing>) -> Option<ExplainedRule> {
        let rule = self.policy.rules().get(place)?;
        let note = self.notes.rules.get(place).cloned().unwrap_or_default();
        let condition = Trace::of(self.notes, &note, self.scratch, self.scene);
        Some(ExplainedRule {
            id: rule.id.clone(),
            place: note.place,
            fired: standing.is_some(),
            counts: standing == Some(Standing::Counts),
            because: standing.and_then(because),
            mode: mode(rule.mode),
            action: action(rule.action),
            score: rule.score,
            layer: rule.layer.map(layer),
            when: note.when,
            why: note.why,
            tags: note.tags,
            references: note.references,
            condition,
        })
    }
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

pub(super) fn mode(mode: Mode) -> String {
    match mode {
        Mode::Off => "off".into(),
        Mode::Shadow => "shadow".into(),
        Mode::Canary(share) => format!("canary {}.{:02} %", share / 100, share % 100),
        Mode::Enforce => "enforce".into(),
    }
}

pub(crate) fn action(action: Action) -> &'static str {
    match action {
        Action::Score => "score",
        Action::Allow => "allow",
        Action::Excuse => "excuse",
        Action::Tag => "tag",
        Action::Throttle => "throttle",
        Action::Challenge => "challenge",
        Action::Block => "block",
        Action::Decoy => "decoy",
    }
}

pub(crate) fn layer(layer: Layer) -> &'static str {
    match layer {
        Layer::Device => "device",
        Layer::Behaviour => "behaviour",
        Layer::Context => "context",
    }
}
