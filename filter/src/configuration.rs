//! The plugin's configuration: JSON, in which an unknown field is an error.

use base64ct::{Base64, Encoding};
use serde::Deserialize;
use std::fmt;

/// What `configuration` (Envoy) or `pluginConfig` (Istio) holds.
#[derive(Debug)]
pub struct Configuration {
    /// The compiled policy.
    pub bundle: Vec<u8>,
    /// Whose address the client's is.
    pub client_address: ClientAddress,
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Json {
    bundle: String,
    #[serde(default)]
    client_address: ClientAddress,
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
        Ok(Self { bundle, client_address: json.client_address, bodies: json.bodies })
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
}

impl fmt::Display for ConfigurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("no plugin configuration: write one with `outwork publish`"),
            Self::Json(error) => write!(f, "the plugin configuration cannot be used: {error}"),
            Self::Bundle => f.write_str("`bundle` in the plugin configuration is not base64 (standard, padded)"),
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
    fn what_is_no_configuration_is_refused_in_one_line() {
        for text in ["", "  ", "null", "[]", "{", r#"{"bundle": "*"}"#, "{\"bundle\":\n 3}"] {
            assert!(!refused(text).contains('\n'), "{text}");
        }
    }
}
