//! Which host can see which signal. What is not seen is never known there, whatever the client sends.

use std::fmt;

/// Where a policy can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Host {
    /// Envoy with `envoy-config/edge`.
    Envoy,
    /// Istio with `envoy-config/istio`.
    Istio,
    /// A Cloudflare Worker.
    Worker,
    /// A Cloudflare Worker on a plan with Bot Management.
    WorkerBotManagement,
}

/// What the filter sees of no connection: Envoy has no formatter for the protocols offered, nor a database of networks.
const ENVOY: &[&str] = &["network.asn", "network.country", "tls.alpn"];

/// What Workers see of no request: headers come sorted by name, and the hello stays at the edge.
const WORKER: &[&str] = &[
    "header.order_matches",
    "header.pseudo_order",
    "header.pseudo_order_matches",
    "header.accept_encoding_matches",
    "tls.sni",
    "tls.sni_matches_authority",
];

/// What only Bot Management gives a Worker: `request.cf.botManagement.ja4` and `.ja3Hash`.
const FINGERPRINT: &[&str] = &[
    "tls.family",
    "tls.ja3",
    "tls.ja4",
    "tls.ja4_cipher_hash",
    "tls.ja4_ciphers",
    "tls.ja4_extension_hash",
    "tls.ja4_extensions",
    "tls.ja4_version",
    "tls.library",
    "tls.matches_ua",
];

impl Host {
    /// Every host.
    pub const ALL: [Self; 4] = [Self::Envoy, Self::Istio, Self::Worker, Self::WorkerBotManagement];

    /// Its name in policies and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Envoy => "envoy",
            Self::Istio => "istio",
            Self::Worker => "worker",
            Self::WorkerBotManagement => "worker-bot-management",
        }
    }

    /// Whether a signal can be known there.
    pub fn sees(self, signal: &str) -> bool {
        let unseen: &[&[&str]] = match self {
            Self::Envoy | Self::Istio => &[ENVOY],
            Self::Worker => &[WORKER, FINGERPRINT],
            Self::WorkerBotManagement => &[WORKER],
        };
        !unseen.iter().any(|signals| signals.contains(&signal))
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
