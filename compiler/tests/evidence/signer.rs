//! Signs as RFC 9421 says, from its text and not with the engine's code: for what the engine would never sign.

use crate::message::{Message, bytes};
use base64ct::{Base64, Encoding};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256, Sha512};

/// The masters. Both are for tests alone.
pub(crate) const KEYS: &str =
    "2026-11:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=,2026-08:QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=";
/// The same in the order of half a year ago.
pub(crate) const ROTATED: &str =
    "2026-08:QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=,2026-11:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=";

pub(crate) const COMPONENTS: [&str; 5] = ["@method", "@authority", "@path", "@query", "outwork-risk"];

/// Key `id` as the origin has it (RFC 5869, SHA-256, no salt).
pub(crate) fn key(id: &str) -> [u8; 32] {
    let master = if id == "2026-08" { [b'B'; 32] } else { [b'A'; 32] };
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(None, &master).expand(b"outwork/v1/evidence", &mut key).unwrap();
    key
}

/// `OUTWORK_EVIDENCE_KEYS` of these keys.
pub(crate) fn evidence_keys() -> String {
    ["2026-11", "2026-08"].map(|id| format!("evidence:{id}:{}", Base64::encode_string(&key(id)))).join(",")
}

/// A signature to be made: what it covers, and its parameters as text.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) components: Vec<String>,
    pub(crate) parameters: String,
    pub(crate) key: [u8; 32],
}

impl Plan {
    pub(crate) fn new(created: u64) -> Self {
        Self {
            components: COMPONENTS.map(|name| format!("\"{name}\"")).to_vec(),
            parameters: format!(
                ";created={created};expires={};nonce=\"MDEyMzQ1Njc4OWFiY2RlZg\";alg=\"hmac-sha256\";keyid=\"2026-11\";tag=\"outwork-evidence\"",
                created + 60
            ),
            key: key("2026-11"),
        }
    }

    /// The same with other text in the parameters.
    pub(crate) fn with(mut self, old: &str, new: &str) -> Self {
        assert!(self.parameters.contains(old), "{old}");
        self.parameters = self.parameters.replace(old, new);
        self
    }

    pub(crate) fn covering(mut self, components: &[&str]) -> Self {
        self.components = components.iter().map(|&name| name.into()).collect();
        self
    }

    /// Adds `signature-input` and `signature` to a message.
    pub(crate) fn sign(&self, message: &mut Message) {
        let parameters = format!("({}){}", self.components.join(" "), self.parameters);
        let mut base = String::new();
        for component in &self.components {
            base += &format!("{component}: {}\n", value(message, component));
        }
        base += &format!("\"@signature-params\": {parameters}");
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).unwrap();
        mac.update(&bytes(&base));
        message.push("signature-input", &format!("outwork={parameters}"));
        message.push("signature", &format!("outwork=:{}:", Base64::encode_string(&mac.finalize().into_bytes())));
    }
}

fn value(message: &Message, component: &str) -> String {
    let (path, query) = message.target.split_once('?').unwrap_or((&message.target, ""));
    match component.trim_matches('"') {
        "@method" => message.method.clone(),
        "@authority" => {
            let port = if message.scheme == "https" { ":443" } else { ":80" };
            let authority = message.authority.to_ascii_lowercase();
            authority.strip_suffix(port).unwrap_or(&authority).into()
        }
        "@path" if path.is_empty() => "/".into(),
        "@path" => path.into(),
        "@query" => format!("?{query}"),
        field => message.lines(field).iter().map(|value| value.trim()).collect::<Vec<_>>().join(", "),
    }
}

/// A client's own, by another function: nobody checks it, and other libraries want it to be right.
pub(crate) fn sha512(body: &[u8]) -> String {
    format!("sha-512=:{}:", Base64::encode_string(&Sha512::digest(body)))
}

/// `Content-Digest` of a body (RFC 9530).
pub(crate) fn content_digest(body: &[u8]) -> String {
    format!("sha-256=:{}:", Base64::encode_string(&Sha256::digest(body)))
}
