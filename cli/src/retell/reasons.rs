use outwork_compiler::Notes;
use outwork_engine::policy::Policy;
use outwork_engine::rules::Action;
use outwork_engine::transaction::REASON;
use serde::Serialize;

use super::recorded::Reason;
use crate::explain;

/// A reason, with what the policy says of it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Told {
    pub(super) id: String,
    /// `rule`, `limit`, `transaction`, `model`, `mercy`, or `unknown` where no bundle says.
    pub(super) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) points: Option<i16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) layer: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) action: Option<&'static str>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) place: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) when: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) why: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) references: Vec<String>,
    /// What a limit asked for, on which level of its ladder, and for how many seconds from then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rung: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) level: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) wait: Option<u64>,
    #[serde(skip)]
    pub(super) asks: Option<Action>,
}

impl Told {
    /// What a policy says of an id.
    pub(super) fn of(id: &str, policy: Option<&Policy>, notes: Option<&Notes>) -> Self {
        let mut told = Self {
            id: id.to_owned(),
            kind: "unknown",
            points: None,
            layer: None,
            action: None,
            place: String::new(),
            when: String::new(),
            why: String::new(),
            references: Vec::new(),
            rung: None,
            level: None,
            wait: None,
            asks: None,
        };
        let Some(policy) = policy else { return told };
        let rule = policy.rules().iter().position(|rule| rule.id == id);
        let transaction = id.strip_prefix(REASON);
        let transaction =
            transaction.and_then(|id| policy.transactions().iter().position(|transaction| transaction.id == id));
        let note = match (rule, transaction) {
            (Some(place), _) => notes.and_then(|notes| notes.rules.get(place)),
            (None, Some(place)) => notes.and_then(|notes| notes.transactions.get(place)),
            (None, None) => None,
        };
        if let Some(note) = note.cloned() {
            (told.place, told.when, told.why, told.references) = (note.place, note.when, note.why, note.references);
        }
        if let Some(rule) = rule.and_then(|place| policy.rules().get(place)) {
            (told.kind, told.layer, told.asks) = ("rule", rule.layer.map(explain::layer), Some(rule.action));
            told.action = Some(explain::action(rule.action));
        } else if transaction.is_some() {
            told.kind = "transaction";
        } else if policy.limits().iter().any(|limit| limit.id == id) {
            told.kind = "limit";
        } else if let Some(layer) = of_model(policy, id) {
            (told.kind, told.layer) = ("model", Some(layer));
        } else if let Some(why) = mercy(id) {
            (told.kind, told.why) = ("mercy", why.into());
        }
        told
    }

    /// With what the record says of it.
    pub(super) fn with(self, reason: &Reason) -> Self {
        let kind = if reason.rung.is_some() { "limit" } else { self.kind };
        Self {
            kind,
            points: Some(reason.score),
            rung: reason.rung.clone(),
            level: reason.level,
            wait: reason.wait,
            ..self
        }
    }
}

/// The layer of the model that gives this reason.
fn of_model(policy: &Policy, id: &str) -> Option<&'static str> {
    let slot = policy
        .models()
        .slots()
        .iter()
        .find(|slot| slot.reason("") == id || slot.model().inputs().any(|(_, token)| slot.reason(token) == id))?;
    Some(explain::layer(slot.model().layer()))
}

/// Reasons of the engine itself.
fn mercy(id: &str) -> Option<&'static str> {
    Some(match id {
        "challenge.excused" => "a challenge was due, and a rule asks none of such clients",
        "challenge.cleared" => "a challenge was due, and the client had passed one not long before",
        "challenge.exempt" => "a challenge was due, and this kind of request cannot answer one",
        outwork_engine::transaction::OVER_CAP => "the body was larger than its transaction takes",
        outwork_engine::transaction::MISMATCH => "the body was not the one that its own digest says",
        _ => return None,
    })
}
