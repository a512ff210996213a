//! Keys that a policy itself brings: a JWK Set (RFC 7517) in a file beside it.

use crate::{
    context::Context,
    diagnostic::{Code, Diagnostic},
    files::relative_to,
    read::Text,
};
use base64ct::{Base64UrlUnpadded, Encoding};
use outwork_engine::directories::{Key, is_published};
use serde::Deserialize;

/// The most keys of one agent.
const MOST: usize = 32;

#[derive(Deserialize)]
struct Set {
    keys: Vec<Jwk>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    #[serde(default)]
    crv: String,
    #[serde(default)]
    x: String,
    /// A private key, which has no place here.
    #[serde(default)]
    d: Option<String>,
}

/// Reads the file that an agent names. Keys of standards, whose private halves everybody has, count where `test_keys` says so.
pub(super) fn read(cx: &mut Context<'_>, path: &str, named: &Text, test_keys: bool) -> Vec<[u8; 32]> {
    let Some(bytes) = cx.open_bytes(&relative_to(path, &named.value), &named.span) else { return Vec::new() };
    let set: Set = match serde_json::from_slice(&bytes) {
        Ok(set) => set,
        Err(error) => {
            refuse(cx, named, &format!("is no JWK Set: {error}"), "write `{ \"keys\": [{ \"kty\": \"OKP\", … }] }`");
            return Vec::new();
        }
    };
    if set.keys.iter().any(|key| key.d.is_some()) {
        refuse(cx, named, "has a private key", "leave `d` out, and make a new key: this one was shown to others");
        return Vec::new();
    }
    let mut keys = Vec::new();
    let ed25519 = set.keys.iter().filter(|key| key.kty == "OKP" && key.crv == "Ed25519");
    for key in ed25519 {
        let mut bytes = [0; 32];
        let read = Base64UrlUnpadded::decode(&key.x, &mut bytes).is_ok_and(|read| read.len() == 32);
        if !read || Key::new(bytes).is_none() {
            refuse(cx, named, "has a key whose `x` is no Ed25519 key in base64url", "copy the key again");
        } else if is_published(&bytes) && !test_keys {
            let help = "take it out; `test_keys = true` allows it in a laboratory";
            refuse(cx, named, "has a key of a standard, whose private half everybody has", help);
        }
        keys.push(bytes);
    }
    if keys.is_empty() {
        refuse(
            cx,
            named,
            "has no Ed25519 key",
            "others are not verified: ask its operator for one of `kty` `OKP`, `crv` `Ed25519`",
        );
    } else if keys.len() > MOST {
        let message = format!("has {} keys, and {MOST} is the most", keys.len());
        refuse(cx, named, &message, "keep those that are in use");
    }
    keys
}

fn refuse(cx: &mut Context<'_>, named: &Text, what: &str, help: &str) {
    let message = format!("`{}` {what}", named.value);
    cx.report(Diagnostic::new(Code::BadKeys, named.span.clone(), message).help(help));
}
