//! A request as people write one down: in a rule's test, in the corpus, for `outwork explain`.
//!
//! In JSON a value is known, `null` is absent, and what is missing is unavailable.

use crate::visit::{self, Visit};
use base64ct::{Base64, Encoding};
use outwork_engine::{
    fact::Fact,
    facts::{Connection, Facts, Headers, Protocol, Request as Line, Seen, Session},
    time::Time,
};
use serde::{Deserialize, Deserializer, de};
use std::net::IpAddr;

/// The facts of one request, owned.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The method; `GET` unless said otherwise.
    #[serde(default = "get")]
    pub method: String,
    /// `https` unless said otherwise.
    #[serde(default = "https")]
    pub scheme: String,
    /// The authority; `shop.example` unless said otherwise.
    #[serde(default = "shop")]
    pub authority: String,
    /// Path and query; `/` unless said otherwise.
    #[serde(default = "root")]
    pub target: String,
    /// The protocol, as `HTTP/2`.
    #[serde(default = "unavailable", deserialize_with = "protocol")]
    pub protocol: Fact<Protocol>,
    /// First letters of the pseudo-headers in wire order.
    #[serde(default = "unavailable", deserialize_with = "fact")]
    pub pseudo_order: Fact<String>,
    /// Names and values; names are made lower case, as hosts do. In JSON a value is text, or `{"base64": "…"}` when it
    /// is not UTF-8.
    #[serde(default, deserialize_with = "headers")]
    pub headers: Vec<(String, Vec<u8>)>,
    /// Whether the headers stand in wire order.
    #[serde(default)]
    pub ordered: bool,
    /// The client's address.
    #[serde(default = "unavailable", deserialize_with = "fact")]
    pub address: Fact<IpAddr>,
    /// Whether the connection is encrypted; by the scheme unless said otherwise.
    #[serde(default)]
    pub encrypted: Option<bool>,
    /// JA4 of the hello.
    #[serde(default = "unavailable", deserialize_with = "fact")]
    pub ja4: Fact<String>,
    /// JA3 of the hello.
    #[serde(default = "unavailable", deserialize_with = "fact")]
    pub ja3: Fact<String>,
    /// The negotiated version, as `TLSv1.3`.
    #[serde(default = "unavailable", deserialize_with = "fact")]
    pub tls_version: Fact<String>,
    /// The server name of the hello.
    #[serde(default = "unavailable", deserialize_with = "fact")]
    pub sni: Fact<String>,
    /// The negotiated ALPN protocol.
    #[serde(default = "unavailable", deserialize_with = "fact")]
    pub alpn: Fact<String>,
    /// The autonomous system of the address.
    #[serde(default = "unavailable", deserialize_with = "fact")]
    pub asn: Fact<u32>,
    /// The country of the address.
    #[serde(default = "unavailable", deserialize_with = "fact")]
    pub country: Fact<String>,
    /// What the session token holds; without it the cookies say.
    #[serde(default, deserialize_with = "session")]
    pub session: Option<Visit>,
    /// The body; empty unless said otherwise.
    #[serde(default)]
    pub body: String,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            method: get(),
            scheme: https(),
            authority: shop(),
            target: root(),
            protocol: Fact::Unavailable,
            pseudo_order: Fact::Unavailable,
            headers: Vec::new(),
            ordered: false,
            address: Fact::Unavailable,
            encrypted: None,
            ja4: Fact::Unavailable,
            ja3: Fact::Unavailable,
            tls_version: Fact::Unavailable,
            sni: Fact::Unavailable,
            alpn: Fact::Unavailable,
            asn: Fact::Unavailable,
            country: Fact::Unavailable,
            session: None,
            body: String::new(),
        }
    }
}

impl Request {
    /// Calls `ask` with the facts, at an instant and with random bytes.
    pub fn with_facts<R>(&self, now: Time, entropy: [u8; 16], ask: impl FnOnce(&Facts<'_>) -> R) -> R {
        let names: Vec<String> = self.headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
        let list: Vec<(&[u8], &[u8])> =
            names.iter().zip(&self.headers).map(|(name, (_, value))| (name.as_bytes(), value.as_slice())).collect();
        let window = self.session.as_ref().map(|visit| visit.window(now));
        let clearance = self.session.as_ref().and_then(|visit| visit.clearance(now));
        ask(&Facts {
            now,
            entropy,
            request: Line {
                method: self.method.as_bytes(),
                scheme: self.scheme.as_bytes(),
                authority: self.authority.as_bytes(),
                target: self.target.as_bytes(),
                protocol: self.protocol,
                pseudo_order: bytes(&self.pseudo_order),
            },
            headers: Headers { list: &list, ordered: self.ordered },
            seen: Seen::ALL,
            connection: Connection {
                address: self.address,
                encrypted: Fact::Known(self.encrypted.unwrap_or(self.scheme == "https")),
                ja4: bytes(&self.ja4),
                ja3: bytes(&self.ja3),
                tls_version: bytes(&self.tls_version),
                sni: bytes(&self.sni),
                alpn: bytes(&self.alpn),
                asn: self.asn,
                country: bytes(&self.country),
            },
            session: window.as_ref().map_or(Session::Cookie, |window| Session::Window(window, clearance)),
            body: Fact::Known(self.body.as_bytes()),
            directories: None,
        })
    }
}

fn bytes(fact: &Fact<String>) -> Fact<&[u8]> {
    fact.as_ref().map(|text| text.as_bytes())
}

fn get() -> String {
    "GET".into()
}

fn https() -> String {
    "https".into()
}

fn shop() -> String {
    "shop.example".into()
}

fn root() -> String {
    "/".into()
}

fn unavailable<T>() -> Fact<T> {
    Fact::Unavailable
}

fn fact<'de, D: Deserializer<'de>, T: Deserialize<'de>>(value: D) -> Result<Fact<T>, D::Error> {
    Option::deserialize(value).map(Fact::from_option)
}

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields, expecting = "a header's value is text, or {\"base64\": \"…\"}")]
enum HeaderValue {
    Text(String),
    Octets { base64: String },
}

fn headers<'de, D: Deserializer<'de>>(list: D) -> Result<Vec<(String, Vec<u8>)>, D::Error> {
    let octets = |value| match value {
        HeaderValue::Text(text) => Ok(text.into_bytes()),
        HeaderValue::Octets { base64 } => Base64::decode_vec(&base64)
            .map_err(|_| de::Error::custom(format!("`{base64}` is not base64, with padding (RFC 4648, 4)"))),
    };
    let list = Vec::<(String, HeaderValue)>::deserialize(list)?;
    list.into_iter().map(|(name, value)| Ok((name, octets(value)?))).collect()
}

/// A session whose features are all ones that can be.
fn session<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Visit>, D::Error> {
    let visit = Option::<Visit>::deserialize(value)?;
    let mut features = visit.iter().flat_map(|visit| &visit.features);
    match features.find_map(|(name, &value)| visit::mistake(name, value)) {
        Some(mistake) => Err(de::Error::custom(mistake)),
        None => Ok(visit),
    }
}

fn protocol<'de, D: Deserializer<'de>>(value: D) -> Result<Fact<Protocol>, D::Error> {
    match fact::<D, String>(value)? {
        Fact::Known(name) => Protocol::parse(name.as_bytes()).map(Fact::Known).ok_or_else(|| {
            de::Error::custom(format!("`{name}` is no protocol: write HTTP/1.0, HTTP/1.1, HTTP/2 or HTTP/3"))
        }),
        Fact::Absent => Ok(Fact::Absent),
        Fact::Unavailable => Ok(Fact::Unavailable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_value_is_text_or_octets() {
        let read = |value: &str| serde_json::from_str::<Request>(&format!(r#"{{"headers": [["a", {value}]]}}"#));
        assert_eq!(read(r#""é""#).unwrap().headers, [("a".into(), "é".into())]);
        assert_eq!(read(r#"{"base64": "/wA="}"#).unwrap().headers, [("a".into(), vec![0xff, 0])]);
        for wrong in [r#"{"base64": "/w"}"#, r#"{"hex": "ff"}"#, "1"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn null_is_absent_and_missing_is_unavailable() {
        let request: Request =
            serde_json::from_str(r#"{"ja4": null, "asn": 64500, "headers": [["User-Agent", "x"]]}"#).unwrap();
        assert_eq!(
            (request.ja4.clone(), request.asn, request.sni.clone()),
            (Fact::Absent, Fact::Known(64500), Fact::Unavailable)
        );
        request.with_facts(Time(0), [0; 16], |facts| {
            assert_eq!(facts.headers.list, [(b"user-agent".as_slice(), b"x".as_slice())]);
            assert_eq!(facts.connection.encrypted, Fact::Known(true));
        });
        assert!(serde_json::from_str::<Request>(r#"{"agent": 1}"#).is_err());
    }
}
