//! What is sealed into a cookie that only its own device can use.
//!
//! `base64url(version | key hint (4) | nonce (24) | XChaCha20-Poly1305(value) | tag (16))`. What it is for, the device, for
//! some purposes the network, and the authority are associated data: it opens for no other purpose, from no other device,
//! at no other site. The key is found by its hint, so that a retired key opens for as long as it is listed.

use crate::{
    clearance::Clearance,
    identity::Prefix,
    keys::{Keyring, Purpose},
    time::Time,
    window::Window,
};
use alloc::{format, string::String, vec::Vec};
use base64ct::{Base64UrlUnpadded, Encoding};
use chacha20poly1305::{KeyInit, Tag, XChaCha20Poly1305, XNonce, aead::AeadInOut};

/// The name of the cookie with a session's token.
pub const COOKIE: &str = "__Host-outwork";

/// The name of the cookie with a clearance.
pub const CLEARANCE_COOKIE: &str = "__Host-outwork-clearance";

/// How long a session lasts from its opening, whatever is observed, in seconds: a day. The cookie says the same.
pub const LIFETIME_SECONDS: u64 = 86_400;

/// The longest token, in characters: 400 with the name of the session's cookie and `=`.
pub const MAX_TOKEN: usize = 400 - COOKIE.len() - 1;

/// The longest authority that a token is bound to, in bytes: 253 of a name (RFC 1035) and a port. No browser sends more.
const MAX_AUTHORITY: usize = 260;

/// How far in the future what a token tells may lie, in seconds: ten minutes, for clocks of edges that differ. More means
/// that a clock was set back; a token from before that would last for as much longer.
const MAX_LEAD: u64 = 600;

pub(super) const VERSION: u8 = 1;
pub(super) const NONCE_BYTES: usize = 24;
pub(super) const TAG_BYTES: usize = 16;
pub(super) const HEAD_BYTES: usize = 1 + 4 + NONCE_BYTES;

/// What a token is bound to beside its key.
#[derive(Clone, Copy, Debug)]
pub struct Binding<'a> {
    /// [`identity::fingerprint`](crate::identity::fingerprint) of the device: the same under every key.
    pub fingerprint: u64,
    /// [`identity::network_prefix`](crate::identity::network_prefix) of the address, which clearances alone are bound to;
    /// none where the host does not know it.
    pub network: Option<Prefix>,
    /// `Host` or `:authority` as sent; its letters count as lower case.
    pub authority: &'a [u8],
}

/// What can be sealed.
pub trait Sealed: Sized {
    /// What it is for.
    const PURPOSE: Purpose;
    /// The name of its cookie.
    const NAME: &'static str;
    /// Whether it opens in the network alone that it was sealed in.
    const STAYS_IN_NETWORK: bool;

    /// Its bytes.
    fn write(&self) -> Vec<u8>;

    /// Reads its bytes; none where they are not such a value.
    fn read(bytes: &[u8]) -> Option<Self>;

    /// The latest instant that it tells of as past.
    fn told(&self) -> Time;

    /// The seconds for which it is good yet; 0 when it is not.
    fn left(&self, now: Time) -> u64;
}

/// Seals a value with the key that signs. `entropy` is the request's own; none for an authority that no browser sends.
///
/// The nonce is 16 random bytes and the microsecond. It is used twice only where the same 128 random bits come again
/// within one microsecond: also a host whose random source starts over after a restart does not repeat one. At most one
/// value of a purpose is sealed for a request, and each purpose has its own key.
pub fn seal<T: Sealed>(
    value: &T,
    keys: &Keyring,
    binding: Binding<'_>,
    entropy: &[u8; 16],
    now: Time,
) -> Option<String> {
    let (hint, key) = keys.sealing_key(T::PURPOSE);
    let nonce: XNonce = nonce(entropy, now).into();
    let mut sealed = value.write();
    let cipher = XChaCha20Poly1305::new(key.into());
    let tag = cipher.encrypt_inout_detached(&nonce, &binding.data::<T>()?, sealed.as_mut_slice().into()).ok()?;
    let mut token = Vec::with_capacity(HEAD_BYTES + sealed.len() + TAG_BYTES);
    token.push(VERSION);
    token.extend(hint);
    token.extend(nonce);
    token.extend(sealed);
    token.extend(tag);
    Some(Base64UrlUnpadded::encode_string(&token))
}

/// Opens a token. None where it was not sealed by a listed key, for this purpose, device and authority, where anything of
/// it was altered, and once it is over.
pub fn open<T: Sealed>(token: &[u8], keys: &Keyring, binding: Binding<'_>, now: Time) -> Option<T> {
    let mut bytes = [0; MAX_TOKEN];
    let bytes = bytes.get_mut(..token.len())?;
    let token = Base64UrlUnpadded::decode(token, bytes).ok()?;
    let (&head, sealed) = token.split_first_chunk::<HEAD_BYTES>()?;
    let [version, a, b, c, d, nonce @ ..] = head;
    if version != VERSION {
        return None;
    }
    let key = keys.sealing_key_of(T::PURPOSE, [a, b, c, d])?;
    let (sealed, tag) = sealed.split_last_chunk::<TAG_BYTES>()?;
    let mut value = [0; MAX_TOKEN];
    let value = value.get_mut(..sealed.len())?;
    value.copy_from_slice(sealed);
    let cipher = XChaCha20Poly1305::new(key.into());
    cipher.decrypt_inout_detached(&nonce.into(), &binding.data::<T>()?, (&mut *value).into(), &Tag::from(*tag)).ok()?;
    T::read(value).filter(|value| value.left(now) > 0 && leads(value.told(), now) <= MAX_LEAD)
}

/// The value of `set-cookie` that gives a value to the client, sealed. The cookie lasts as long as it does.
pub fn set_cookie<T: Sealed>(
    value: &T,
    keys: &Keyring,
    binding: Binding<'_>,
    entropy: &[u8; 16],
    now: Time,
) -> Option<String> {
    let token = seal(value, keys, binding, entropy, now)?;
    Some(format!("{}={token}; {ATTRIBUTES}; Max-Age={}", T::NAME, value.left(now)))
}

/// The values of `set-cookie` that take both cookies from the client.
pub fn ended_cookies() -> [String; 2] {
    [COOKIE, CLEARANCE_COOKIE].map(|name| format!("{name}=; {ATTRIBUTES}; Max-Age=0"))
}

/// Who has the cookie is this host alone, over TLS, and no script.
pub(super) const ATTRIBUTES: &str = "Path=/; Secure; HttpOnly; SameSite=Lax";

/// How many seconds an instant is ahead.
fn leads(told: Time, now: Time) -> u64 {
    told.0.saturating_sub(now.0).div_ceil(1_000_000)
}

pub(super) fn nonce(entropy: &[u8; 16], now: Time) -> [u8; NONCE_BYTES] {
    let mut nonce = [0; NONCE_BYTES];
    let (random, instant) = nonce.split_at_mut(entropy.len());
    random.copy_from_slice(entropy);
    instant.copy_from_slice(&now.0.to_le_bytes());
    nonce
}

impl Binding<'_> {
    /// The purpose and the device have fixed lengths, and the network says its own: nothing of one can be taken for a part
    /// of the next.
    pub(super) fn data<T: Sealed>(&self) -> Option<Vec<u8>> {
        if self.authority.len() > MAX_AUTHORITY {
            return None;
        }
        let label = T::PURPOSE.label();
        let mut data = Vec::with_capacity(label.len() + 8 + 9 + self.authority.len());
        data.extend_from_slice(label);
        data.extend(self.fingerprint.to_le_bytes());
        if T::STAYS_IN_NETWORK {
            let network = self.network.as_ref().map(Prefix::as_bytes).unwrap_or_default();
            data.push(u8::try_from(network.len()).unwrap_or(u8::MAX));
            data.extend_from_slice(network);
        }
        data.extend(self.authority.iter().map(u8::to_ascii_lowercase));
        Some(data)
    }
}

impl Sealed for Window {
    const PURPOSE: Purpose = Purpose::Session;
    const NAME: &'static str = COOKIE;
    const STAYS_IN_NETWORK: bool = false;

    fn write(&self) -> Vec<u8> {
        self.encode()
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        Self::decode(bytes)
    }

    fn told(&self) -> Time {
        self.observed.unwrap_or_default().max(self.opened)
    }

    fn left(&self, now: Time) -> u64 {
        LIFETIME_SECONDS.saturating_sub(now.seconds().saturating_sub(self.opened.seconds()))
    }
}

impl Sealed for Clearance {
    const PURPOSE: Purpose = Purpose::Clearance;
    const NAME: &'static str = CLEARANCE_COOKIE;
    const STAYS_IN_NETWORK: bool = true;

    fn write(&self) -> Vec<u8> {
        self.encode().into()
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        Self::decode(bytes)
    }

    fn told(&self) -> Time {
        self.since
    }

    fn left(&self, now: Time) -> u64 {
        self.until.seconds().saturating_sub(now.seconds())
    }
}
