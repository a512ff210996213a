//! What holds for a whole policy.

use crate::{
    challenge::Terms,
    decision::Verdict,
    directories,
    limits::Account,
    record::Records,
    risk::{Band, Bands, Weights},
    rules::Mode,
    window::Decay,
};
use alloc::string::String;
use serde::{Deserialize, Serialize};

/// A policy's settings, as the bundle carries them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Whether the policy is in force.
    pub mode: Mode,
    /// How much each layer of risk counts.
    pub weights: Weights,
    /// Where the bands begin, and how they are left.
    pub bands: Bands,
    /// How fast a window of observation fades.
    pub behaviour: Decay,
    /// The least verdict of a request in each band: low, medium, high.
    pub verdicts: [Verdict; 3],
    /// Which decisions leave a record.
    pub record: Recording,
    /// Which requests carry evidence.
    pub evidence: Carrying,
    /// How they are kept.
    pub records: Records,
    /// Whether records hold what the models look at.
    pub features: bool,
    /// Where a person who was refused can turn: an `https:` or `mailto:` address.
    pub contact: Option<String>,
    /// What challenges ask for.
    pub challenge: Terms,
    /// Whether the laboratory is served.
    pub lab: bool,
    /// Where requests name an account, for limits that count those.
    pub account: Option<Account>,
    /// For how many seconds an agent's directory that answered is not asked again, whatever it says.
    pub directory_refresh: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            mode: Mode::Shadow,
            weights: Weights::default(),
            bands: Bands::default(),
            behaviour: Decay::default(),
            verdicts: [Verdict::Allow, Verdict::Tag, Verdict::Tag],
            record: Recording::All,
            evidence: Carrying::Enforced,
            records: Records::default(),
            features: false,
            contact: None,
            challenge: Terms::default(),
            lab: false,
            account: None,
            directory_refresh: directories::REFRESH,
        }
    }
}

impl Settings {
    /// Whether a request carries evidence for which the policy is in force, or is not.
    pub fn carries(&self, enforced: bool) -> bool {
        enforced || self.evidence == Carrying::Always && self.mode != Mode::Off
    }

    /// The least verdict of a request in this band.
    pub fn verdict(&self, band: Band) -> Verdict {
        let [low, medium, high] = self.verdicts;
        match band {
            Band::Low => low,
            Band::Medium => medium,
            Band::High => high,
        }
    }
}

/// Which decisions leave a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Recording {
    /// Every one.
    All,
    /// Those whose verdict is not allow.
    Acted,
    /// None.
    None,
}

/// Which requests carry evidence to the origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Carrying {
    /// Those for which the policy is in force.
    Enforced,
    /// The others too, which say of themselves that it is not: for verifiers that are to be tried out before the policy is.
    /// Nothing carries any where the policy is off.
    Always,
}
