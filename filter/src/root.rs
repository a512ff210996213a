//! A plugin: a policy with the keys and settings it runs by. Everything that can be wrong is found here.

use crate::{
    configuration::{ClientAddress, Configuration, ConfigurationError},
    host::{Failure, Host},
    metrics::Metrics,
    models::Models,
};
use outwork_engine::{
    keys::{KeyError, Keyring},
    policy::{LoadError, Policy},
};
use std::fmt;

/// The environment variable with the keys.
pub const KEYS: &str = "OUTWORK_KEYS";

/// Under which all VMs share the name of the bundle that was loaded last.
const LOADED: &[u8] = b"outwork.loaded";

/// A policy ready to decide.
#[derive(Debug)]
pub struct Plugin {
    /// The policy.
    pub policy: Policy,
    /// What is counted of the policy's models.
    pub models: Models,
    /// The keys.
    pub keys: Keyring,
    /// Whose address the client's is.
    pub client_address: ClientAddress,
    /// Whether the proxy hands over the bodies of requests that are held.
    pub bodies: bool,
}

/// Loads what the proxy's configuration and environment say.
///
/// # Errors
/// Says in one line what is wrong, and what to do about it.
pub fn load(host: &impl Host, metrics: &Metrics, size: usize) -> Result<Plugin, StartError> {
    let text = host.configuration(size).map_err(StartError::Host)?;
    let configuration = Configuration::read(&text).map_err(StartError::Configuration)?;
    let keys = Keyring::parse(&host.variable(KEYS).unwrap_or_default()).map_err(StartError::Keys)?;
    let policy = Policy::load(&configuration.bundle).map_err(StartError::Policy)?;
    let models = Models::new(host, metrics, &policy);
    let Configuration { client_address, bodies, .. } = configuration;
    Ok(Plugin { policy, models, keys, client_address, bodies })
}

/// Counts a reload once, however many threads load the same bundle.
pub fn announce(host: &impl Host, metrics: &Metrics, plugin: &Plugin) {
    let name = plugin.policy.name().as_bytes();
    match host.shared(LOADED) {
        Ok(Some((known, _))) if known == name => {}
        Ok(known) => {
            let stamp = known.as_ref().map(|(_, stamp)| *stamp);
            match host.share(LOADED, name, stamp) {
                Ok(true) => metrics.loaded(host, plugin.policy.name(), known.map(|(name, _)| name)),
                // Another thread was faster and counts it.
                Ok(false) => {}
                Err(failure) => metrics.failed(host, failure),
            }
        }
        Err(failure) => metrics.failed(host, failure),
    }
}

/// Why a plugin cannot start.
#[derive(Debug)]
pub enum StartError {
    /// The proxy does not show the configuration.
    Host(Failure),
    /// The configuration is not in order.
    Configuration(ConfigurationError),
    /// The keys are not.
    Keys(KeyError),
    /// The bundle is not.
    Policy(LoadError),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(failure) => write!(f, "the proxy does not show the configuration (status {})", failure.status),
            Self::Configuration(error) => error.fmt(f),
            Self::Keys(error) => error.fmt(f),
            Self::Policy(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for StartError {}
