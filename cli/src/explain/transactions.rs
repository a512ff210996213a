//! The transactions that hold, as explanations show them.

use outwork_compiler::{Notes, Trace};
use outwork_engine::decision::Decision;
use outwork_engine::policy::Policy;
use outwork_engine::rules::{Mode, Scratch};
use outwork_engine::signals::Scene;
use outwork_engine::transaction::{OverCap, Transaction};
use serde::Serialize;

use super::rules::mode;

/// A transaction whose condition holds.
#[derive(Serialize)]
pub(super) struct ExplainedTransaction {
    id: String,
    /// Where it stands, as `packs/shop.toml:12`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) place: String,
    mode: String,
    /// Why the request is not of it; nothing for the one that it is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'static str>,
    /// Where in its window the request has to fall, and whether it does.
    window: &'static str,
    met: bool,
    /// For how many seconds that window has to have been open, and for how many it was.
    observed: u64,
    open: u64,
    /// What becomes of a request that does not.
    otherwise: &'static str,
    /// What becomes of its body where the request goes on: `bound`, `unbound` or `none`.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'static str>,
    /// The most bytes that are bound, and what becomes of more.
    #[serde(skip_serializing_if = "Option::is_none")]
    cap: Option<(u32, &'static str)>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) when: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) why: String,
    /// The condition, part by part; none where the bundle has no notes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) condition: Option<Trace>,
}

/// Every transaction whose condition holds, in the order of the policy.
pub(super) fn holding(
    policy: &Policy,
    notes: &Notes,
    (scratch, scene): (&Scratch, &Scene<'_>),
    (decision, open): (&Decision<'_>, u64),
) -> Vec<ExplainedTransaction> {
    let first = policy.rules().len() + policy.limits().len();
    let mut decided = false;
    let row = |(place, one): (usize, &Transaction)| {
        if !scratch.holds(first + place) {
            return None;
        }
        let is_this = !decided && decision.transaction.as_ref().is_some_and(|carried| carried.id == one.id);
        let because = match one.mode {
            _ if is_this => None,
            Mode::Off => Some("switched off"),
            _ if decided => Some("an earlier one comes first"),
            _ => Some("in shadow for this client"),
        };
        decided |= is_this;
        let note = notes.transactions.get(place).cloned().unwrap_or_default();
        let condition = Trace::of(notes, &note, scratch, scene);
        Some(ExplainedTransaction {
            id: one.id.clone(),
            place: note.place,
            mode: mode(one.mode),
            because,
            window: one.window.name(),
            met: one.is_met(decision.window, open),
            observed: one.observed / 1_000_000,
            open: open / 1_000_000,
            otherwise: one.otherwise.name(),
            body: decision
                .transaction
                .as_ref()
                .filter(|_| is_this && decision.reply.is_none())
                .map(|carried| carried.body.name()),
            cap: one.body.map(|body| (body.most, over(body.over))),
            when: note.when,
            why: note.why,
            condition,
        })
    };
    policy.transactions().iter().enumerate().filter_map(row).collect()
}

const fn over(over: OverCap) -> &'static str {
    match over {
        OverCap::Refuse => "refuse",
        OverCap::Unbound => "unbound",
    }
}

impl ExplainedTransaction {
    /// One line for people.
    pub(super) fn line(&self, window: &str) -> String {
        let met = match (self.window, self.met) {
            ("any", _) => "any window".into(),
            (demand, met) => {
                let otherwise = if met { String::new() } else { format!(": {}", self.otherwise) };
                let (observed, open) = (self.observed, self.open);
                format!("window {demand} for {observed} s demanded, and it is {window}, open for {open} s{otherwise}")
            }
        };
        let body = match (self.body, self.cap) {
            (_, None) => ", its body is not bound".into(),
            (Some(body), Some((most, _))) => format!(", its body is {body} (at most {most} bytes)"),
            (None, Some((most, over))) => format!(", binds at most {most} bytes (over: {over})"),
        };
        let because = self.because.map_or_else(String::new, |because| format!("; the request is not of it: {because}"));
        format!("  {}: {met}{body}, mode {}{because}", self.id, self.mode)
    }
}
