//! The agent that a request comes from.

use outwork_compiler::Notes;
use outwork_engine::{agents::Verified, policy::Policy};
use serde::Serialize;

/// An agent that is who it says, as explanations show it.
#[derive(Serialize)]
pub(super) struct ExplainedAgent {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) purpose: &'static str,
    /// `signature` or `network`.
    pub(super) by: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) place: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) why: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) references: Vec<String>,
}

impl ExplainedAgent {
    pub(super) fn of(policy: &Policy, notes: &Notes, verified: Verified<'_>) -> Self {
        let place = policy.agents().iter().position(|agent| agent.id == verified.agent.id);
        let note = place.and_then(|place| notes.agents.get(place)).cloned().unwrap_or_default();
        Self {
            id: verified.agent.id.clone(),
            name: verified.agent.name.clone(),
            purpose: verified.agent.purpose.name(),
            by: verified.by.name(),
            place: note.place,
            why: note.why,
            references: note.references,
        }
    }
}
