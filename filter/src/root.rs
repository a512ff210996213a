//! A plugin: a policy with the keys and settings it runs by. Everything that can be wrong is found here.

use crate::{
    configuration::{Agents, ClientAddress, Configuration, ConfigurationError, Global},
    host::{Call, Failure, Host, Level, NEVER},
    limits::Limits,
    metrics::Metrics,
    models::Models,
    records::Journals,
    store::Store,
    transactions::{self, Transactions},
};
use outwork_engine::{
    directories::Directories,
    keys::{KeyError, Keyring},
    limits::{Limit, Scope},
    policy::{LoadError, Policy},
};
use std::{fmt, rc::Rc};

/// The environment variable with the keys.
pub const KEYS: &str = "OUTWORK_KEYS";

/// Under which all VMs share the name of the bundle that was loaded last.
const LOADED: &[u8] = b"outwork.loaded";

/// Under which they share which limit lacks its service.
const LACKING: &[u8] = b"outwork.lacking";

/// Under which they share which agent's directory cannot be fetched.
const UNREACHED: &[u8] = b"outwork.unreached";

/// Under which they share what is said of bodies that are not handed over.
const UNREAD: &[u8] = b"outwork.unread";

/// A policy ready to decide.
#[derive(Debug)]
pub struct Plugin {
    /// The policy.
    pub policy: Policy,
    /// What is counted of the policy's models.
    pub models: Models,
    /// What is counted of the policy's limits.
    pub limits: Limits,
    /// What is counted of the policy's transactions.
    pub transactions: Transactions,
    /// The keys.
    pub keys: Rc<Keyring>,
    /// Whose address the client's is.
    pub client_address: ClientAddress,
    /// How many pages the buckets of limits have.
    pub pages: u32,
    /// The rate-limit service.
    pub global: Option<Global>,
    /// How the directories of agents are fetched.
    pub agents: Option<Agents>,
    /// What is known of them.
    pub directories: Directories,
    /// The name that the proxy's operator gave this instance: `node.id` in Envoy.
    pub node: Option<String>,
    /// Where its records go.
    pub journals: Journals,
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
    let keys = Rc::new(keys);
    let journals = Journals::new(&keys, policy.digest());
    let models = Models::new(host, metrics, &policy);
    let limits = Limits::new(host, metrics, &policy);
    let transactions = Transactions::new(host, metrics, &policy);
    let Configuration { client_address, pages, global, agents, bodies, .. } = configuration;
    let directories = policy.directories();
    Ok(Plugin {
        policy,
        models,
        limits,
        transactions,
        keys,
        client_address,
        pages,
        global,
        agents,
        directories,
        bodies,
        node: node(host, metrics),
        journals,
    })
}

/// The instance's name.
fn node(host: &impl Host, metrics: &Metrics) -> Option<String> {
    let known = host.property(Call::Connection, b"xds\0node\0id").unwrap_or_else(|failure| {
        metrics.failed(host, failure);
        None
    });
    String::from_utf8(known?).ok().filter(|name| !name.is_empty())
}

/// Counts a reload once, and warns once of what it lacks, however many threads load the same.
pub fn announce(host: &impl Host, metrics: &Metrics, plugin: &Plugin) {
    let name = plugin.policy.name();
    match is_news(host, LOADED, name.as_bytes()) {
        Ok(Some(before)) => metrics.loaded(host, name, before),
        Ok(None) => {}
        Err(failure) => metrics.failed(host, failure),
    }
    warn(host, metrics, LACKING, plugin.lacks_service().map(without_service));
    warn(host, metrics, UNREAD, transactions::unread(&plugin.policy).filter(|_| !plugin.bodies));
    warn(host, metrics, UNREACHED, plugin.lacks_cluster().map(without_cluster));
}

/// Says what a plugin lacks, unless another thread has.
fn warn(host: &impl Host, metrics: &Metrics, key: &[u8], line: Option<String>) {
    match is_news(host, key, line.as_deref().unwrap_or_default().as_bytes()) {
        Ok(Some(_)) => {
            if let Some(line) = line {
                host.log(Level::Warn, &format!("outwork: {line}"));
            }
        }
        Ok(None) => {}
        Err(failure) => metrics.failed(host, failure),
    }
}

fn without_cluster(agent: &str) -> String {
    format!(
        "the agent `{agent}` has a directory, and the plugin configuration names no `agents` cluster to fetch it: its \
         signatures are unverifiable (`outwork publish --agents-cluster CLUSTER`)"
    )
}

fn without_service(limit: &str) -> String {
    format!(
        "the limit `{limit}` is global, and the plugin configuration names no `global` service to count it: such limits \
         do what their `unreachable` says (`outwork publish --global-cluster CLUSTER`)"
    )
}

/// Shares a value; tells what stood there before it, and nothing where it is no news, or another thread's to tell.
fn is_news(host: &impl Host, key: &[u8], value: &[u8]) -> Result<Option<Option<Vec<u8>>>, Failure> {
    let known = host.shared(key)?;
    if known.as_ref().is_some_and(|(known, _)| known == value) {
        return Ok(None);
    }
    let stamp = known.as_ref().map_or(NEVER, |(_, stamp)| *stamp);
    let shared = host.share(key, value, Some(stamp))?;
    Ok(shared.then(|| known.map(|(known, _)| known)))
}

impl Plugin {
    /// Where its words stand.
    pub fn store<'h, H: Host>(&self, host: &'h H) -> Store<'h, H> {
        Store::new(host, self.pages)
    }

    /// The cluster by which directories are fetched, where there are any.
    pub fn fetches(&self) -> Option<&Agents> {
        self.agents.as_ref().filter(|_| !self.directories.is_empty())
    }

    /// An agent with a directory, where no cluster is named that could fetch it.
    fn lacks_cluster(&self) -> Option<&str> {
        let agent = self.policy.agents().iter().find(|agent| agent.directory.is_some());
        agent.filter(|_| self.agents.is_none()).map(|agent| agent.id.as_str())
    }

    /// A limit that needs the service, where no service is named.
    fn lacks_service(&self) -> Option<&str> {
        let global = |limit: &&Limit| limit.scope == Scope::Global;
        let limit = self.policy.limits().iter().find(global).filter(|_| self.global.is_none())?;
        Some(&limit.id)
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
