//! A decision of the past, rebuilt from its record and the bundle that made it.

mod bundles;
mod check;
mod find;
mod listed;
mod models;
mod person;
mod reasons;
mod recorded;
mod sums;
mod text;

pub(crate) use bundles::{Bundled, bundle};
pub(crate) use find::{Found, find};
pub(crate) use listed::{Wanted, list, write_list};
pub(crate) use text::write;

use std::path::PathBuf;

use outwork_engine::bundle::Digest256;
use outwork_engine::policy::Policy;
use serde::Serialize;
use serde_json::Value;

use models::Rescored;
use reasons::Told;
use recorded::Recorded;
use sums::Sums;

use crate::failure::Failure;
use crate::lines::{self, Line};

/// Reads the lines of logs without those that are too long: how many there are, and where the first is, in words.
fn each_whole(
    files: &[PathBuf],
    mut work: impl FnMut(usize, u64, &[u8]) -> Result<(), Failure>,
) -> Result<Option<String>, Failure> {
    let (mut long, mut first) = (0_u64, None);
    lines::each_line(files, |file, number, line| match line {
        Line::Whole(text) => work(file, number, text),
        Line::Long(_) => {
            long += 1;
            first.get_or_insert((file, number));
            Ok(())
        }
    })?;
    Ok(first.map(|(file, number)| {
        let name = files.get(file).map(|path| path.display().to_string()).unwrap_or_default();
        let lines = if long == 1 { " is" } else { "s are" };
        format!("{name}:{number}: {long} line{lines} {} and cannot be read, this one first", lines::too_long())
    }))
}

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
    /// Whether that is the one that decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) is_that_bundle: Option<Sameness>,
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

/// Whether a bundle is the one that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Sameness {
    /// Its SHA-256 is the one that the chain of the record begins with.
    Proven,
    /// By its name, with 24 bits of a hash: where the chain begins is not in these logs.
    Named,
    /// It is another one.
    Other,
}

impl From<(bool, bool)> for Sameness {
    fn from((is_same, is_checked): (bool, bool)) -> Self {
        match (is_same, is_checked) {
            (true, true) => Self::Proven,
            (true, false) => Self::Named,
            (false, _) => Self::Other,
        }
    }
}

/// Tells a decision from its record, and from a bundle where there is one.
pub(crate) fn retell(found: Found, bundled: Option<&Bundled>, digest: Option<Digest256>) -> Result<Retold, Failure> {
    let recorded = Recorded::of(&found.record)
        .map_err(|error| Failure::new(format!("record `{}` cannot be read: {error}", found.id)))?;
    let policy = bundled.map(|bundled| &bundled.policy);
    let notes = bundled.map(|bundled| &bundled.notes);
    let tell = |id: &str| Told::of(id, policy, notes);
    let reasons: Vec<Told> = recorded.reasons.iter().map(|reason| tell(&reason.id).with(reason)).collect();
    let shadow = recorded.shadow.iter().map(|id| tell(id)).collect();
    // What another bundle says is no measure of what this one did.
    let is_same =
        |policy: &&Policy| policy.name() == recorded.bundle && digest.is_none_or(|digest| policy.digest() == digest);
    let same = policy.filter(is_same).filter(|_| recorded.undecided.is_none());
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
        is_that_bundle: policy.map(|policy| (is_same(&policy), digest.is_some()).into()),
        saw: person::saw(&recorded, policy),
        can_be_told: person::can_be_told(&recorded, &reasons, same),
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
