//! A decision of the past, rebuilt from its record and the bundle that made it.

mod bundles;
mod check;
mod find;
mod models;
mod person;
mod reasons;
mod recorded;
mod sums;
mod text;

pub(crate) use bundles::{Bundled, bundle};
pub(crate) use find::{Found, find};
pub(crate) use text::write;

use std::path::PathBuf;

use serde::Serialize;
use serde_json::Value;

use models::Rescored;
use reasons::Told;
use recorded::Recorded;
use sums::Sums;

use crate::failure::Failure;

/// All that can be said of a decision.
#[derive(Serialize)]
pub(crate) struct Retold {
    pub(crate) id: String,
    /// When, RFC 3339.
    pub(crate) at: String,
    /// Where its record stands.
    pub(crate) file: PathBuf,
    pub(crate) line: u64,
    /// `proven`, or why it is not.
    pub(crate) record_is: &'static str,
    /// Where else a record of this reference stands.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) others: Vec<String>,
    /// The bundle that decided.
    pub(crate) bundle: String,
    /// The bundle that its rules are told from; another where the one that decided is not there, none where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) told_from: Option<String>,
    pub(crate) recorded: Recorded,
    pub(crate) reasons: Vec<Told>,
    /// Rules that fired without counting.
    pub(crate) shadow: Vec<Told>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sums: Option<Sums>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) models: Vec<Rescored>,
    /// What was decided again, and came out otherwise than recorded.
    pub(crate) differences: Vec<String>,
    /// What the person saw.
    pub(crate) saw: Vec<String>,
    /// What the person can be told.
    pub(crate) can_be_told: Vec<String>,
}

/// Tells a decision from its record, and from a bundle where there is one.
pub(crate) fn retell(found: Found, bundled: Option<&Bundled>) -> Result<Retold, Failure> {
    let recorded = Recorded::of(&found.record)
        .map_err(|error| Failure::new(format!("record `{}` cannot be read: {error}", found.id)))?;
    let policy = bundled.map(|bundled| &bundled.policy);
    let notes = bundled.map(|bundled| &bundled.notes);
    let tell = |id: &str| Told::of(id, policy, notes);
    let reasons: Vec<Told> = recorded.reasons.iter().map(|reason| tell(&reason.id).with(reason)).collect();
    let shadow = recorded.shadow.iter().map(|id| tell(id)).collect();
    // What another bundle says is no measure of what this one did.
    let same = policy.filter(|policy| policy.name() == recorded.bundle);
    let models = same.map_or_else(Vec::new, |policy| models::rescore(policy, &recorded));
    let sums = same.map(|policy| Sums::of(policy, &recorded, &reasons));
    let differences = same
        .zip(sums.as_ref())
        .map_or_else(Vec::new, |(policy, sums)| check::differences(policy, &recorded, sums, &models));
    Ok(Retold {
        id: found.id,
        at: recorded.at(),
        file: found.file,
        line: found.line,
        record_is: found.proof,
        others: found.others,
        bundle: recorded.bundle.clone(),
        told_from: policy.map(|policy| policy.name().to_owned()),
        saw: person::saw(&recorded, policy),
        can_be_told: person::can_be_told(&recorded, &reasons, policy),
        reasons,
        shadow,
        sums,
        models,
        differences,
        recorded,
    })
}

/// The value at the first of some places that there is one at.
fn first<'v>(value: &'v Value, places: &[&str]) -> Option<&'v Value> {
    places.iter().find_map(|place| value.pointer(place))
}
