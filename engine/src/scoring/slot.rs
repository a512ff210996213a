//! The place of a model in a policy: which file fills it may change, its name does not.

use super::ScoringError;
use crate::{
    model::Model,
    rules::{Layer, Mode},
};
use alloc::{format, string::String, vec::Vec};
use core::fmt;
use serde::{Deserialize, Serialize};

/// One model, as the bundle carries it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Entry<'a> {
    /// The slot's name.
    pub id: &'a str,
    /// Whether and for whom it is in force.
    pub mode: Mode,
    /// What a probability of one is worth in its layer: at most 100.
    pub points: u8,
    /// The model's file.
    pub file: &'a [u8],
}

/// One model, ready to score.
pub struct Slot {
    id: String,
    mode: Mode,
    points: u8,
    model: Model,
    // Token of the model's, and the id that decisions give. The last is of the model as a whole.
    reasons: Vec<(String, String)>,
}

/// The id by which decisions name a reason of a model.
pub fn reason_id(slot: &str, reason: &str) -> String {
    format!("model.{slot}.{reason}")
}

/// What begins the names of signals that pages report, or that only sessions with such reports have.
const REPORTED: &[&str] = &["beacon.", "click.", "key.", "pointer.", "session.", "touch.", "wheel."];

impl Slot {
    /// Loads a model for its slot.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn load(entry: &Entry<'_>) -> Result<Self, ScoringError> {
        let slot = || String::from(entry.id);
        if entry.points > 100 {
            return Err(ScoringError::Points { slot: slot() });
        }
        let model = Model::load(entry.file).map_err(|error| ScoringError::Model { slot: slot(), error })?;
        let reported = |name: &str| REPORTED.iter().any(|group| name.starts_with(group));
        let foreign = model.inputs().find(|(signal, _)| model.layer() != Layer::Behaviour && reported(signal.name));
        if let Some((signal, _)) = foreign {
            return Err(ScoringError::Reported { slot: slot(), signal: signal.name });
        }
        let mut reasons: Vec<(String, String)> = Vec::new();
        for (_, reason) in model.inputs() {
            if reasons.iter().all(|(known, _)| known != reason) {
                reasons.push((reason.into(), reason_id(entry.id, reason)));
            }
        }
        reasons.push((String::new(), format!("model.{}", entry.id)));
        Ok(Self { id: slot(), mode: entry.mode, points: entry.points, model, reasons })
    }

    /// Its name in the policy.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether and for whom it is in force.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// What a probability of one is worth in its layer.
    pub fn points(&self) -> u8 {
        self.points
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Every name that decisions may give: the model's own, and those of its reasons.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        core::iter::once(self.model.id()).chain(self.reasons.iter().map(|(_, id)| id.as_str()))
    }

    /// The id that decisions give for a reason of the model's: `model.behaviour.motion.rhythm`. That of the model as a whole
    /// for what is none of its reasons.
    pub fn reason(&self, token: &str) -> &str {
        let known = self.reasons.iter().find(|(known, _)| known == token).or(self.reasons.last());
        known.map_or("", |(_, id)| id)
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot").field("id", &self.id).field("model", &self.model.id()).finish_non_exhaustive()
    }
}
