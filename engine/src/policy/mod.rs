//! A policy: loaded once from a bundle, then asked about every request.
//!
//! ```text
//! Policy::load ─▶ assess(facts) ─▶ charges ─▶ (the host steps one word a charge) ─▶ decide(charged) ─▶ Decision
//! ```
//!
//! Loading may fail, a request may not.

mod assessment;
mod challenged;
mod settings;

pub use assessment::Assessment;
pub use settings::{Carrying, Recording, Settings};

use crate::{
    agents::{Agent, MAX_AGENTS, MAX_NAME, MAX_NAMES, MIN_NAME, Registry},
    bundle::{Bundle, BundleError, Digest256, Section, is_plain},
    directories::Directories,
    facts::Facts,
    keys::Keyring,
    limits::Limit,
    record,
    rules::{Conditions, ConditionsError, Rule, Scratch},
    scoring::{Models, ScoringError, Slot},
    transaction::Transaction,
};
use alloc::{string::String, vec::Vec};
use core::fmt;
use sha2::{Digest, Sha256};

/// A verified, immutable policy. A reload makes a new one.
#[derive(Debug)]
pub struct Policy {
    name: String,
    digest: Digest256,
    settings: Settings,
    // INVARIANT: every `limit` of a rule is a place in `limits`, and groups ascend.
    rules: Vec<Rule>,
    limits: Vec<Limit>,
    // INVARIANT: one condition a rule, then one a limit, then one a transaction.
    conditions: Conditions,
    models: Models,
    registry: Registry,
    transactions: Vec<Transaction>,
}

impl Policy {
    /// Loads a bundle.
    ///
    /// # Errors
    /// Says which part of the bundle is wrong. Nothing of a bad bundle is used.
    pub fn load(bytes: &[u8]) -> Result<Self, LoadError> {
        let bundle = Bundle::open(bytes).map_err(LoadError::Bundle)?;
        let policy = Self {
            name: bundle.name().map_err(LoadError::Bundle)?.into(),
            digest: bundle.digest(),
            settings: decode(&bundle, Section::Settings, "settings")?,
            rules: decode(&bundle, Section::Rules, "rules")?,
            limits: decode(&bundle, Section::Limits, "limits")?,
            conditions: conditions(&bundle)?,
            models: models(&bundle)?,
            registry: registry(&bundle)?,
            transactions: decode(&bundle, Section::Transactions, "transactions")?,
        };
        policy.check()
    }

    /// The name that headers, records and metrics give: version and content hash.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The SHA-256 of the bundle, which leaves no doubt about which one it was.
    pub fn digest(&self) -> Digest256 {
        self.digest
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The rules, in order.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The limits, in order.
    pub fn limits(&self) -> &[Limit] {
        &self.limits
    }

    /// The same policy with its limits changed, for whoever asks what others would do.
    pub fn what_if(mut self, change: impl FnOnce(&mut [Limit])) -> Self {
        change(&mut self.limits);
        self
    }

    /// The conditions: one a rule, then one a limit, then one a transaction.
    pub fn conditions(&self) -> &Conditions {
        &self.conditions
    }

    /// The models.
    pub fn models(&self) -> &Models {
        &self.models
    }

    /// Who may introduce itself.
    pub fn agents(&self) -> &[Agent] {
        self.registry.agents()
    }

    /// Their directories, of which nothing is known yet.
    pub fn directories(&self) -> Directories {
        let urls = self.agents().iter().filter_map(|agent| agent.directory.as_deref());
        Directories::of(urls).refreshed_after(self.settings.directory_refresh)
    }

    /// Agents, as scenes know them.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The transactions, in order.
    pub fn transactions(&self) -> &[Transaction] {
        &self.transactions
    }

    /// Examines a request.
    pub fn assess<'a>(&'a self, facts: &'a Facts<'a>, keys: &'a Keyring, scratch: &mut Scratch) -> Assessment<'a> {
        Assessment::new(self, facts, keys, scratch)
    }

    fn check(self) -> Result<Self, LoadError> {
        if self.conditions.len() != self.rules.len() + self.limits.len() + self.transactions.len() {
            return Err(LoadError::Inconsistent { what: "conditions" });
        }
        if !self.rules.iter().all(|rule| is_plain(&rule.id)) || !self.limits.iter().all(|limit| is_plain(&limit.id)) {
            return Err(LoadError::Inconsistent { what: "ids" });
        }
        if !self.agents().iter().all(|agent| is_plain(&agent.id))
            || !self.transactions.iter().all(|transaction| is_plain(&transaction.id) && transaction.is_sound())
        {
            return Err(LoadError::Inconsistent { what: "ids" });
        }
        if !self.models.slots().iter().flat_map(Slot::names).all(is_plain) {
            return Err(LoadError::Inconsistent { what: "names of models" });
        }
        let knows = |rule: &Rule| rule.limit.is_none_or(|limit| usize::from(limit) < self.limits.len());
        if !self.rules.iter().all(knows) || self.limits.len() > usize::from(u16::MAX) {
            return Err(LoadError::Inconsistent { what: "limits" });
        }
        if !self.rules.iter().filter_map(|rule| rule.group).is_sorted() {
            return Err(LoadError::Inconsistent { what: "groups" });
        }
        if self.settings.contact.as_deref().is_some_and(|contact| !is_contact(contact)) {
            return Err(LoadError::Inconsistent { what: "contact" });
        }
        if self.settings.records.sample_allowed > record::ALL {
            return Err(LoadError::Inconsistent { what: "rate of records" });
        }
        if !self.settings.challenge.is_sound() {
            return Err(LoadError::Inconsistent { what: "challenge" });
        }
        Ok(self)
    }
}

/// Whether text can stand in a refusal as a link: it goes into HTML and JSON as it is.
pub fn is_contact(text: &str) -> bool {
    let scheme = text.starts_with("https://") || text.starts_with("mailto:");
    scheme && is_plain(text) && !text.contains(['<', '>', '&', '\''])
}

fn conditions(bundle: &Bundle<'_>) -> Result<Conditions, LoadError> {
    let section = |section| bundle.section(section).unwrap_or_default();
    Conditions::load(section(Section::Conditions), section(Section::Lists), section(Section::Matchers))
        .map_err(LoadError::Conditions)
}

fn registry(bundle: &Bundle<'_>) -> Result<Registry, LoadError> {
    let agents: Vec<Agent> = decode(bundle, Section::Agents, "agents")?;
    let names = agents.iter().flat_map(|agent| &agent.names);
    let sound = names.clone().all(|name| (MIN_NAME..=MAX_NAME).contains(&name.len()))
        && names.count() <= MAX_NAMES
        && agents.len() <= MAX_AGENTS
        && agents.iter().all(|agent| agent.networks.is_sound());
    if !sound {
        return Err(LoadError::Inconsistent { what: "agents" });
    }
    let hash = Sha256::digest(bundle.section(Section::Agents).unwrap_or_default());
    Ok(Registry::new(agents, hash.first_chunk().map_or(0, |first| u64::from_le_bytes(*first))))
}

fn models(bundle: &Bundle<'_>) -> Result<Models, LoadError> {
    let bytes = bundle.section(Section::Models).ok_or(LoadError::Missing { what: "models" })?;
    Models::load(bytes).map_err(LoadError::Models)
}

fn decode<T: serde::de::DeserializeOwned>(
    bundle: &Bundle<'_>,
    section: Section,
    what: &'static str,
) -> Result<T, LoadError> {
    let bytes = bundle.section(section).ok_or(LoadError::Missing { what })?;
    match postcard::take_from_bytes(bytes) {
        Ok((value, [])) => Ok(value),
        Ok(_) | Err(_) => Err(LoadError::Malformed { what }),
    }
}

/// Why a bundle cannot be used as a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoadError {
    /// The container is not in order.
    Bundle(BundleError),
    /// A section is missing.
    Missing {
        /// What it would hold.
        what: &'static str,
    },
    /// A section does not decode.
    Malformed {
        /// What it should hold.
        what: &'static str,
    },
    /// Sections do not fit together.
    Inconsistent {
        /// What does not fit.
        what: &'static str,
    },
    /// The conditions cannot be used.
    Conditions(ConditionsError),
    /// The models cannot be used.
    Models(ScoringError),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bundle(error) => error.fmt(f),
            Self::Missing { what } => write!(f, "the bundle has no {what}: build it again"),
            Self::Malformed { what } => write!(f, "the bundle's {what} do not decode: build it again for this host"),
            Self::Inconsistent { what } => write!(f, "the bundle's {what} do not fit the rest of it: build it again"),
            Self::Conditions(error) => error.fmt(f),
            Self::Models(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for LoadError {}
