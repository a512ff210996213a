//! The keys of a JWK Set (RFC 7517), as far as they can verify what an agent signs: Ed25519 (RFC 8037) alone.
//!
//! What is no such key is passed over: a set may serve others, too. `kid` is not read, because a key's id is computed.

use super::{FetchError, Key, MOST_KEYS};
use crate::json::{self, MAX_DEPTH};
use alloc::{string::String, vec::Vec};
use base64ct::{Base64UrlUnpadded, Encoding};
use hifijson::{Error, Expect, SliceLexer, num::LexWrite as _, token::Lex};

/// Reads a set.
pub(super) fn read(body: &[u8]) -> Result<Vec<Key>, FetchError> {
    let mut lexer = SliceLexer::new(body);
    let mut set: Option<Set> = None;
    let read = lexer.exactly_one(Lex::ws_peek, |next, lexer| {
        json::object(next, lexer, |name, next, lexer| match name {
            "keys" => keys(next, lexer).map(|keys| set = Some(keys)),
            _ => json::skip(next, lexer, MAX_DEPTH),
        })
    });
    match (read, set) {
        (Ok(()), Some(Set { count, .. })) if count > MOST_KEYS => Err(FetchError::TooMany),
        (Ok(()), Some(Set { keys, .. })) => Ok(keys),
        _ => Err(FetchError::Malformed),
    }
}

#[derive(Default)]
struct Set {
    count: usize,
    keys: Vec<Key>,
}

fn keys(next: u8, lexer: &mut SliceLexer<'_>) -> Result<Set, Error> {
    if next != b'[' {
        return Err(Expect::Value.into());
    }
    let mut set = Set::default();
    lexer.discarded().seq(b']', Lex::ws_peek, |next, lexer| {
        let jwk = Jwk::read(next, lexer)?;
        set.count += 1;
        if set.count <= MOST_KEYS {
            let key = jwk.key().filter(|key| !set.keys.contains(key));
            set.keys.extend(key);
        }
        Ok::<(), Error>(())
    })?;
    Ok(set)
}

/// What is looked at of a key.
#[derive(Default)]
struct Jwk {
    kty: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    alg: Option<String>,
    r#use: Option<String>,
    /// Whether it may verify, where it says for what it is.
    verifies: Option<bool>,
    from: Term,
    until: Term,
}

/// One end of a key's term.
#[derive(Clone, Copy, Default)]
enum Term {
    #[default]
    Open,
    At(u64),
    /// It is given, and is no time.
    Malformed,
}

impl Jwk {
    fn read(next: u8, lexer: &mut SliceLexer<'_>) -> Result<Self, Error> {
        let mut jwk = Self::default();
        json::object(next, lexer, |name, next, lexer| {
            match name {
                "kty" => jwk.kty = json::string(next, lexer)?,
                "crv" => jwk.crv = json::string(next, lexer)?,
                "x" => jwk.x = json::string(next, lexer)?,
                "alg" => jwk.alg = Some(json::string(next, lexer)?.unwrap_or_default()),
                "use" => jwk.r#use = Some(json::string(next, lexer)?.unwrap_or_default()),
                "key_ops" => jwk.verifies = Some(verifies(next, lexer)?),
                "nbf" => jwk.from = term(next, lexer)?,
                "exp" => jwk.until = term(next, lexer)?,
                _ => json::skip(next, lexer, MAX_DEPTH)?,
            }
            Ok(())
        })?;
        Ok(jwk)
    }

    fn key(&self) -> Option<Key> {
        let is = |value: &Option<String>, wanted: &[&str]| value.as_deref().is_none_or(|value| wanted.contains(&value));
        let fits = self.kty.as_deref() == Some("OKP")
            && self.crv.as_deref() == Some("Ed25519")
            && is(&self.alg, &["EdDSA", "Ed25519", "ed25519"])
            && is(&self.r#use, &["sig"])
            && self.verifies != Some(false);
        let mut public = [0; 32];
        let read = Base64UrlUnpadded::decode(self.x.as_deref().filter(|_| fits)?, &mut public).ok()?.len();
        let mut key = Key::new(public).filter(|_| read == 32)?;
        match self.from {
            Term::Open => {}
            Term::At(seconds) => key.from = seconds,
            Term::Malformed => return None,
        }
        match self.until {
            Term::Open => {}
            Term::At(seconds) => key.until = seconds,
            Term::Malformed => return None,
        }
        Some(key)
    }
}

/// Whether `verify` is among the operations.
fn verifies(next: u8, lexer: &mut SliceLexer<'_>) -> Result<bool, Error> {
    if next != b'[' {
        return json::skip(next, lexer, MAX_DEPTH).map(|()| false);
    }
    let mut found = false;
    lexer.discarded().seq(b']', Lex::ws_peek, |next, lexer| {
        found |= json::string(next, lexer)?.as_deref() == Some("verify");
        Ok::<(), Error>(())
    })?;
    Ok(found)
}

/// Seconds since 1970; directories are seen that give milliseconds, which no second of this age is.
fn term(next: u8, lexer: &mut SliceLexer<'_>) -> Result<Term, Error> {
    const MILLISECONDS: u64 = 100_000_000_000;
    if !matches!(next, b'-' | b'0'..=b'9') {
        return json::skip(next, lexer, MAX_DEPTH).map(|()| Term::Malformed);
    }
    let (digits, _) = lexer.num_bytes().validated()?;
    let number = core::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<u64>().ok());
    Ok(match number {
        Some(number) if number >= MILLISECONDS => Term::At(number / 1_000),
        Some(number) => Term::At(number),
        None => Term::Malformed,
    })
}
