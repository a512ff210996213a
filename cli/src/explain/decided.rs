//! The decision, and what the host would do.

use outwork_engine::decision::{Decision, Edit};
use serde::Serialize;

/// A decision as explanations show it.
#[derive(Serialize)]
pub(super) struct Decided {
    pub(super) verdict: &'static str,
    /// Whether it is in force, or only recorded.
    pub(super) enforced: bool,
    pub(super) risk: u8,
    pub(super) band: &'static str,
    pub(super) device: Option<u8>,
    pub(super) behaviour: Option<u8>,
    pub(super) context: Option<u8>,
    /// In thousandths.
    pub(super) confidence: u16,
    pub(super) reasons: Vec<String>,
    pub(super) headers: Vec<Header>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reply: Option<Reply>,
}

/// A change to the request headers that the origin sees.
#[derive(Serialize)]
pub(super) struct Header {
    /// `remove` or `append`.
    pub(super) edit: &'static str,
    pub(super) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) value: Option<String>,
}

/// What the client gets instead of the origin's answer.
#[derive(Serialize)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: String,
}

impl Decided {
    pub(super) fn of(decision: &Decision<'_>) -> Self {
        let risk = &decision.risk;
        Self {
            verdict: decision.verdict.name(),
            enforced: decision.enforced,
            risk: risk.total,
            band: decision.band.name(),
            device: risk.device,
            behaviour: risk.behaviour,
            context: risk.context,
            confidence: risk.confidence,
            reasons: decision.reasons.counted().iter().map(|reason| reason.id.to_owned()).collect(),
            headers: decision.edits.iter().map(Header::of).collect(),
            reply: decision.reply.as_ref().map(|reply| Reply {
                status: reply.status,
                headers: reply.headers.clone(),
                body: reply.body.clone(),
            }),
        }
    }
}

impl Header {
    fn of(edit: &Edit<'_>) -> Self {
        match edit {
            Edit::Remove(name) => {
                Self { edit: "remove", name: String::from_utf8_lossy(name).into_owned(), value: None }
            }
            Edit::Append(name, value) => Self {
                edit: "append",
                name: (*name).to_owned(),
                value: Some(String::from_utf8_lossy(value).into_owned()),
            },
        }
    }
}
