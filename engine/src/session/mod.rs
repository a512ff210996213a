//! The session token: a [`Window`] sealed into a cookie that only its own device can use.
//!
//! `base64url(version | key hint (4) | nonce (24) | XChaCha20-Poly1305(window) | tag (16))`. What it is for, the device
//! and the authority are associated data: a token opens for no other purpose, from no other device, at no other site.
//! The key is found by its hint, so that a retired key opens old tokens for as long as it is listed.

mod presented;

pub use presented::Presented;

use crate::{
    keys::Keyring,
    time::Time,
    window::{self, Window},
};
use alloc::{format, string::String, vec::Vec};
use base64ct::{Base64UrlUnpadded, Encoding};
use chacha20poly1305::{KeyInit, Tag, XChaCha20Poly1305, XNonce, aead::AeadInOut};

/// The name of the cookie.
pub const COOKIE: &str = "__Host-outwork";

/// How long a session lasts from its opening, whatever is observed, in seconds: a day. The cookie says the same.
pub const LIFETIME_SECONDS: u64 = 86_400;

/// The longest token, in characters: 400 with the cookie's name and `=`.
pub const MAX_TOKEN: usize = 400 - COOKIE.len() - 1;

/// The longest authority that a token is bound to, in bytes: 253 of a name (RFC 1035) and a port. No browser sends more.
const MAX_AUTHORITY: usize = 260;

const VERSION: u8 = 1;
const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;
const HEAD_BYTES: usize = 1 + 4 + NONCE_BYTES;
const PURPOSE: &[u8] = b"outwork/v1/session";

/// What a token is bound to beside its key.
#[derive(Clone, Copy, Debug)]
pub struct Binding<'a> {
    /// [`identity::fingerprint`](crate::identity::fingerprint) of the device: the same under every key.
    pub fingerprint: u64,
    /// `Host` or `:authority` as sent; its letters count as lower case.
    pub authority: &'a [u8],
}

/// Seals a window with the key that signs. `entropy` is the request's own; none for an authority that no browser sends.
///
/// The nonce is 16 random bytes and the microsecond. It is used twice only where the same 128 random bits come again
/// within one microsecond: also a host whose random source starts over after a restart does not repeat one. At most one
/// token is sealed for a request.
pub fn seal(window: &Window, keys: &Keyring, binding: Binding<'_>, entropy: &[u8; 16], now: Time) -> Option<String> {
    let (hint, key) = keys.session_key();
    let nonce: XNonce = nonce(entropy, now).into();
    let mut sealed = window.encode();
    let cipher = XChaCha20Poly1305::new(key.into());
    let tag = cipher.encrypt_inout_detached(&nonce, &binding.data()?, sealed.as_mut_slice().into()).ok()?;
    let mut token = Vec::with_capacity(HEAD_BYTES + sealed.len() + TAG_BYTES);
    token.push(VERSION);
    token.extend(hint);
    token.extend(nonce);
    token.extend(sealed);
    token.extend(tag);
    Some(Base64UrlUnpadded::encode_string(&token))
}

/// Opens a token. None where it was not sealed by a listed key, for this device and this authority, where anything of it
/// was altered, and once the session is over.
pub fn open(token: &[u8], keys: &Keyring, binding: Binding<'_>, now: Time) -> Option<Window> {
    let mut bytes = [0; MAX_TOKEN];
    let bytes = bytes.get_mut(..token.len())?;
    let token = Base64UrlUnpadded::decode(token, bytes).ok()?;
    let (&head, sealed) = token.split_first_chunk::<HEAD_BYTES>()?;
    let [version, a, b, c, d, nonce @ ..] = head;
    if version != VERSION {
        return None;
    }
    let key = keys.session_key_of([a, b, c, d])?;
    let (sealed, tag) = sealed.split_last_chunk::<TAG_BYTES>()?;
    let mut window = [0; window::MAX_BYTES];
    let window = window.get_mut(..sealed.len())?;
    window.copy_from_slice(sealed);
    let cipher = XChaCha20Poly1305::new(key.into());
    cipher.decrypt_inout_detached(&nonce.into(), &binding.data()?, (&mut *window).into(), &Tag::from(*tag)).ok()?;
    Window::decode(window).filter(|window| lasts(window, now))
}

/// The value of `set-cookie` that gives a window to the client, sealed. The cookie lasts as long as its session.
pub fn set_cookie(
    window: &Window,
    keys: &Keyring,
    binding: Binding<'_>,
    entropy: &[u8; 16],
    now: Time,
) -> Option<String> {
    let token = seal(window, keys, binding, entropy, now)?;
    let cookie = [COOKIE, "=", &token, "; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age="].concat();
    let left = LIFETIME_SECONDS.saturating_sub(age(window, now));
    Some(format!("{cookie}{left}"))
}

/// Whether the session is not over.
fn lasts(window: &Window, now: Time) -> bool {
    age(window, now) < LIFETIME_SECONDS
}

/// Seconds since the session was opened.
fn age(window: &Window, now: Time) -> u64 {
    now.seconds().saturating_sub(window.opened.seconds())
}

fn nonce(entropy: &[u8; 16], now: Time) -> [u8; NONCE_BYTES] {
    let mut nonce = [0; NONCE_BYTES];
    let (random, instant) = nonce.split_at_mut(entropy.len());
    random.copy_from_slice(entropy);
    instant.copy_from_slice(&now.0.to_le_bytes());
    nonce
}

impl Binding<'_> {
    /// The purpose and the device have fixed lengths: nothing of one can be taken for a part of the next.
    fn data(&self) -> Option<Vec<u8>> {
        if self.authority.len() > MAX_AUTHORITY {
            return None;
        }
        let mut data = Vec::with_capacity(PURPOSE.len() + 8 + self.authority.len());
        data.extend_from_slice(PURPOSE);
        data.extend(self.fingerprint.to_le_bytes());
        data.extend(self.authority.iter().map(u8::to_ascii_lowercase));
        Some(data)
    }
}

#[cfg(test)]
mod tests;
