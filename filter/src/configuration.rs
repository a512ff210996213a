//! The plugin's configuration: JSON, in which an unknown field is an error.

use crate::store;
use base64ct::{Base64, Encoding};
use outwork_engine::limits::Table;
use serde::Deserialize;
use std::fmt;

/// What `configuration` (Envoy) or `pluginConfig` (Istio) holds.
#[derive(Debug)]
pub struct Configuration {
    /// The compiled policy.
    pub bundle: Vec<u8>,
    /// Whose address the client's is.
    pub client_address: ClientAddress,
    /// How many pages the buckets of limits have.
    pub pages: u32,
    /// The service that counts global limits.
    pub global: Option<Global>,
    /// How the directories of agents are fetched.
    pub agents: Option<Agents>,
    /// Whether the proxy hands over bodies of requests that are held, which it does with `allow_on_headers_stop_iteration`
    /// alone. Where it does not, such a request would hang, and is refused instead.
    pub bodies: bool,
}

/// Whose address the client's is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClientAddress {
    /// The peer of the connection, as `outwork.connection` has it.
    #[default]
    Connection,
    /// Envoy's `source.address`: behind `xff_num_trusted_hops` proxies, the one that they name.
    Source,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Limits {
    #[serde(default)]
    memory: Option<String>,
}

impl Limits {
    fn pages(&self) -> Result<u32, ConfigurationError> {
        let Some(text) = &self.memory else { return Ok(Table::Buckets.pages()) };
        let bytes = bytes(text).filter(|bytes| (store::LEAST..=store::MOST).contains(bytes));
        let pages = bytes.and_then(|bytes| u32::try_from(bytes / store::PAGE).ok());
        pages.ok_or_else(|| ConfigurationError::Memory(text.clone()))
    }
}

/// So many KiB, MiB or GiB.
fn bytes(text: &str) -> Option<u64> {
    let (number, unit) = text.split_at(text.find(|character: char| !character.is_ascii_digit())?);
    let unit = match unit {
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(unit)
}

/// A rate-limit service, as the proxy reaches it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Global {
    /// The proxy's cluster.
    pub cluster: String,
    /// Under which domain the service keeps these limits.
    #[serde(default = "domain")]
    pub domain: String,
    /// How long a request waits for it, in milliseconds.
    #[serde(default = "timeout")]
    pub timeout_ms: u32,
    /// How it is asked about several limits.
    #[serde(default)]
    pub calls: Calls,
}

/// How a rate-limit service is asked about several limits of one request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Calls {
    /// In one call, a descriptor for each.
    #[default]
    Together,
    /// In a call for each, all at once: Limitador tells descriptors by their places, and says nothing of each.
    Apart,
}

/// The longest that a request may wait for the service.
const LONGEST_MS: u32 = 10_000;

fn domain() -> String {
    "outwork".to_owned()
}

/// A service in the same data centre answers in 1 or 2 ms; in 20 it has not only been slow for once.
const fn timeout() -> u32 {
    20
}

impl Global {
    fn check(&self) -> Result<(), ConfigurationError> {
        if self.cluster.is_empty() || self.domain.is_empty() {
            return Err(ConfigurationError::Service);
        }
        if self.timeout_ms == 0 || self.timeout_ms > LONGEST_MS {
            return Err(ConfigurationError::Timeout(self.timeout_ms));
        }
        Ok(())
    }
}

/// How the proxy reaches the directories of agents.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agents {
    /// The proxy's cluster. It is asked for each directory by the authority of its URL.
    pub cluster: String,
    /// How long a directory may take, in milliseconds. No request waits for it.
    #[serde(default = "fetch_timeout")]
    pub timeout_ms: u32,
}

/// The longest that a directory may take.
const LONGEST_FETCH_MS: u32 = 30_000;

const fn fetch_timeout() -> u32 {
    5_000
}

impl Agents {
    fn check(&self) -> Result<(), ConfigurationError> {
        if self.cluster.is_empty() {
            return Err(ConfigurationError::Agents);
        }
        if self.timeout_ms == 0 || self.timeout_ms > LONGEST_FETCH_MS {
            return Err(ConfigurationError::FetchTimeout(self.timeout_ms));
        }
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Json {
    bundle: String,
    #[serde(default)]
    client_address: ClientAddress,
    #[serde(default)]
    limits: Limits,
    #[serde(default)]
    global: Option<Global>,
    #[serde(default)]
    agents: Option<Agents>,
    #[serde(default = "yes")]
    bodies: bool,
}

const fn yes() -> bool {
    true
}

impl Configuration {
    /// Reads the JSON.
    ///
    /// # Errors
    /// Says what is wrong with it, in one line.
    pub fn read(text: &[u8]) -> Result<Self, ConfigurationError> {
        if text.trim_ascii().is_empty() {
            return Err(ConfigurationError::Missing);
        }
        let json: Json = serde_json::from_slice(text).map_err(|error| ConfigurationError::Json(error.to_string()))?;
        let bundle = Base64::decode_vec(&json.bundle).map_err(|_| ConfigurationError::Bundle)?;
        if let Some(global) = &json.global {
            global.check()?;
        }
        if let Some(agents) = &json.agents {
            agents.check()?;
        }
        let (client_address, pages) = (json.client_address, json.limits.pages()?);
        Ok(Self { bundle, client_address, pages, global: json.global, agents: json.agents, bodies: json.bodies })
    }
}

/// Why a configuration cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigurationError {
    /// There is none.
    Missing,
    /// It is not the JSON that it should be.
    Json(String),
    /// The bundle is not base64.
    Bundle,
    /// This is no memory for limits.
    Memory(String),
    /// The rate-limit service has no name.
    Service,
    /// So many milliseconds are no timeout.
    Timeout(u32),
    /// The directories of agents have no cluster.
    Agents,
    /// So many milliseconds are no timeout for a directory.
    FetchTimeout(u32),
}

impl fmt::Display for ConfigurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("no plugin configuration: write one with `outwork publish`"),
            Self::Json(error) => write!(f, "the plugin configuration cannot be used: {error}"),
            Self::Bundle => f.write_str("`bundle` in the plugin configuration is not base64 (standard, padded)"),
            Self::Memory(given) => write!(
                f,
                "`limits.memory` in the plugin configuration is `{given}`, and has to be {} KiB to {} GiB, as in `16MiB`",
                store::LEAST >> 10,
                store::MOST >> 30
            ),
            Self::Service => f.write_str("`global` in the plugin configuration needs a `cluster` and a `domain`"),
            Self::Agents => f.write_str("`agents` in the plugin configuration needs a `cluster`"),
            Self::FetchTimeout(given) => write!(
                f,
                "`agents.timeout_ms` in the plugin configuration is {given}, and has to be 1 to {LONGEST_FETCH_MS}"
            ),
            Self::Timeout(given) => {
                write!(f, "`global.timeout_ms` in the plugin configuration is {given}, and has to be 1 to {LONGEST_MS}")
            }
        }
    }
}

impl std::error::Error for ConfigurationError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        Configuration::read(text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn a_bundle_is_all_it_takes() {
        let configuration = Configuration::read(br#"{"bundle": "YWJj"}"#).unwrap();
        assert_eq!(configuration.bundle, b"abc");
        assert_eq!(configuration.client_address, ClientAddress::Connection);
        assert!(configuration.bodies);
        let configuration = Configuration::read(br#"{"bundle": "", "client_address": "source"}"#).unwrap();
        assert_eq!(configuration.client_address, ClientAddress::Source);
    }

    #[test]
    fn what_is_not_known_is_refused_by_name() {
        assert!(
            refused(r#"{"bundle": "", "bundel": ""}"#).contains("unknown field `bundel`, expected one of `bundle`")
        );
        assert!(refused(r#"{"bundle": "", "client_address": "xff"}"#).contains("unknown variant `xff`"));
        assert!(refused("{}").contains("missing field `bundle`"));
        assert!(refused(r#"{"bundle": "", "bundle": ""}"#).contains("duplicate field `bundle`"));
    }

    #[test]
    fn memory_has_a_floor_and_a_cap() {
        let pages = |memory: &str| {
            let text = format!(r#"{{"bundle": "", "limits": {{"memory": "{memory}"}}}}"#);
            Configuration::read(text.as_bytes()).map(|read| u64::from(read.pages)).map_err(|error| error.to_string())
        };
        assert_eq!(pages("16MiB"), Ok((16 << 20) / store::PAGE));
        assert_eq!(pages("256KiB"), Ok((256 << 10) / store::PAGE));
        assert_eq!(Configuration::read(br#"{"bundle": "", "limits": {}}"#).unwrap().pages, Table::Buckets.pages());
        for memory in ["255KiB", "2GiB", "16MB", "16", "MiB", "", "-1MiB", "18446744073709551615GiB"] {
            assert!(pages(memory).unwrap_err().contains("has to be 256 KiB to 1 GiB"), "{memory}");
        }
    }

    #[test]
    fn a_service_is_a_cluster_and_what_is_not_said_has_defaults() {
        let global = |text: &str| {
            let text = format!(r#"{{"bundle": "", "global": {text}}}"#);
            Configuration::read(text.as_bytes()).map(|read| read.global.unwrap()).map_err(|error| error.to_string())
        };
        let known = |cluster: &str, domain: &str, timeout_ms| Global {
            cluster: cluster.into(),
            domain: domain.into(),
            timeout_ms,
            calls: Calls::Together,
        };
        assert_eq!(global(r#"{"cluster": "rls"}"#), Ok(known("rls", "outwork", 20)));
        assert_eq!(global(r#"{"cluster": "c", "domain": "d", "timeout_ms": 10000}"#), Ok(known("c", "d", 10_000)));
        for (text, says) in [
            ("{}", "missing field `cluster`"),
            (r#"{"cluster": ""}"#, "needs a `cluster` and a `domain`"),
            (r#"{"cluster": "c", "timeout_ms": 0}"#, "is 0, and has to be 1 to 10000"),
            (r#"{"cluster": "c", "timeout_ms": 10001}"#, "is 10001, and has to be 1 to 10000"),
            (r#"{"cluster": "c", "timeout": "20ms"}"#, "unknown field `timeout`"),
        ] {
            assert!(global(text).unwrap_err().contains(says), "{text}");
        }
    }

    #[test]
    fn directories_have_a_cluster_and_a_time() {
        let agents = |text: &str| {
            let text = format!(r#"{{"bundle": "", "agents": {text}}}"#);
            Configuration::read(text.as_bytes()).map(|read| read.agents.unwrap()).map_err(|error| error.to_string())
        };
        assert_eq!(agents(r#"{"cluster": "d"}"#), Ok(Agents { cluster: "d".into(), timeout_ms: 5_000 }));
        for (text, says) in [
            ("{}", "missing field `cluster`"),
            (r#"{"cluster": ""}"#, "needs a `cluster`"),
            (r#"{"cluster": "c", "timeout_ms": 0}"#, "is 0, and has to be 1 to 30000"),
            (r#"{"cluster": "c", "timeout_ms": 30001}"#, "is 30001, and has to be 1 to 30000"),
        ] {
            assert!(agents(text).unwrap_err().contains(says), "{text}");
        }
    }

    #[test]
    fn what_is_no_configuration_is_refused_in_one_line() {
        for text in ["", "  ", "null", "[]", "{", r#"{"bundle": "*"}"#, "{\"bundle\":\n 3}"] {
            assert!(!refused(text).contains('\n'), "{text}");
        }
    }
}
