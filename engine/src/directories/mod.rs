//! The keys that agents publish, as far as a host has fetched them.
//!
//! ```text
//! due(now) ─▶ (the host fetches) ─▶ fetched(response) or failed ─▶ keys(url, now)
//! ```
//!
//! A directory that answers replaces what is known of it: a key that it no longer has verifies nothing any more. One that
//! does not answer says nothing of its agent: its keys stay for [`STALE`], and after that nothing is known of it. Only
//! directories that a policy names are fetched; no request can add one.
//!
//! draft-ietf-webbotauth-httpsig-protocol, Key Distribution and Discovery; Deployment Guidance.

mod jwks;
mod key;
mod location;
mod response;
#[cfg(test)]
mod tests;

pub use key::{Key, is_published, key_id, thumbprint};
pub use location::{Kind, Location, UrlError, WELL_KNOWN, check_url};
pub use response::{FetchError, Response};

use crate::time::Time;
use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};

/// The largest directory that is read: 64 keys are under 20 KiB.
pub const LARGEST: usize = 64 << 10;

/// The most keys of a directory.
pub const MOST_KEYS: usize = 64;

/// What is asked for.
pub const ACCEPT: &str =
    "application/http-message-signatures-directory+json, application/jwk-set+json;q=0.9, application/json;q=0.8";

/// For how long the keys of a directory that does not answer are good, in microseconds: a week.
pub const STALE: u64 = 7 * 24 * HOUR;

const SECOND: u64 = 1_000_000;
const HOUR: u64 = 3_600 * SECOND;

/// How long a directory is fresh that does not say; what it says is kept within the least, unless the policy has another, and the most.
const FRESH: u64 = HOUR;
const FRESH_LEAST: u64 = 300 * SECOND;

/// The same in seconds, as policies have it.
pub const REFRESH: u32 = 300;
const FRESH_MOST: u64 = 24 * HOUR;

/// After how long a directory is tried again that failed: twice as long each time, up to five minutes (Negative Caching and Retry).
const RETRY: u64 = 10 * SECOND;
const RETRY_MOST: u64 = 300 * SECOND;

/// By when a fetch has ended, or is taken for lost: longer than any timeout.
const UNDER_WAY: u64 = 60 * SECOND;

/// What a host knows of the agents' directories.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directories {
    all: Vec<Directory>,
    /// The least time for which one that answered is fresh. Each host's own, so it is not shared.
    #[serde(skip, default = "fresh_least")]
    least: u64,
}

const fn fresh_least() -> u64 {
    FRESH_LEAST
}

impl Default for Directories {
    fn default() -> Self {
        Self { all: Vec::new(), least: FRESH_LEAST }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Directory {
    url: String,
    keys: Vec<Key>,
    /// When it answered last.
    fetched: Option<Time>,
    /// When it is to be fetched again.
    next: Time,
    /// How often it failed since.
    failures: u8,
}

impl Directories {
    /// Directories of which nothing is known yet, by their URLs, each once.
    pub fn of<'a>(urls: impl IntoIterator<Item = &'a str>) -> Self {
        let mut directories = Self::default();
        for url in urls {
            if directories.find(url).is_none() {
                let (url, keys) = (url.into(), Vec::new());
                directories.all.push(Directory { url, keys, fetched: None, next: Time(0), failures: 0 });
            }
        }
        directories
    }

    /// The same, of which one that answered is fresh for so many seconds at the least, whatever it says.
    #[must_use]
    pub fn refreshed_after(self, seconds: u32) -> Self {
        Self { least: u64::from(seconds) * SECOND, ..self }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Takes over what others know of the same directories.
    pub fn adopt(&mut self, others: Self) {
        for other in others.all {
            if let Some(own) = self.find_mut(&other.url) {
                *own = other;
            }
        }
    }

    /// The URLs of all.
    pub fn urls(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|directory| directory.url.as_str())
    }

    /// What is known of one, for those who share each apart.
    pub fn part(&self, url: &str) -> Self {
        Self { all: self.find(url).into_iter().cloned().collect(), ..Self::default() }
    }

    /// The URLs of those that are to be fetched now.
    pub fn due(&self, now: Time) -> impl Iterator<Item = &str> {
        self.all.iter().filter(move |directory| directory.is_due(now)).map(|directory| directory.url.as_str())
    }

    /// A fetch began: for a while nobody else is to begin one.
    pub fn began(&mut self, url: &str, now: Time) {
        if let Some(directory) = self.find_mut(url) {
            directory.next = Time(now.0.saturating_add(UNDER_WAY));
        }
    }

    /// A fetch was answered. `random` spreads those that would all be fetched again at once.
    ///
    /// # Errors
    /// Says why it is no directory; it has failed then.
    pub fn fetched(&mut self, url: &str, response: &Response<'_>, now: Time, random: u8) -> Result<(), FetchError> {
        let least = self.least;
        let Some(directory) = self.find_mut(url) else { return Ok(()) };
        match response.read(url, least) {
            Ok((keys, fresh)) => {
                // Up to an eighth sooner.
                let sooner = fresh / 8 * u64::from(random) / 255;
                *directory = Directory {
                    url: core::mem::take(&mut directory.url),
                    keys,
                    fetched: Some(now),
                    next: Time(now.0.saturating_add(fresh - sooner)),
                    failures: 0,
                };
                Ok(())
            }
            Err(error) => {
                directory.fail(now, random, response.retry_after());
                Err(error)
            }
        }
    }

    /// A fetch was not answered.
    pub fn failed(&mut self, url: &str, now: Time, random: u8) {
        if let Some(directory) = self.find_mut(url) {
            directory.fail(now, random, 0);
        }
    }

    /// The keys of a directory; none where nothing is known of it, or only what is too old.
    pub fn keys(&self, url: &str, now: Time) -> Option<&[Key]> {
        let directory = self.find(url)?;
        let age = now.0.saturating_sub(directory.fetched?.0);
        (age <= STALE).then_some(directory.keys.as_slice())
    }

    /// How many have answered, and not too long ago.
    pub fn known(&self, now: Time) -> usize {
        self.all.iter().filter(|directory| self.keys(&directory.url, now).is_some()).count()
    }

    /// As bytes, for those who share them.
    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_allocvec(self).unwrap_or_default()
    }

    /// What [`Self::to_bytes`] wrote; none of other bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        match postcard::take_from_bytes::<Self>(bytes) {
            Ok((directories, [])) => Some(directories),
            Ok(_) | Err(_) => None,
        }
    }

    fn find(&self, url: &str) -> Option<&Directory> {
        self.all.iter().find(|directory| directory.url == url)
    }

    fn find_mut(&mut self, url: &str) -> Option<&mut Directory> {
        self.all.iter_mut().find(|directory| directory.url == url)
    }
}

impl Directory {
    fn is_due(&self, now: Time) -> bool {
        // One that is further ahead than any can be was set by a clock that was set back.
        self.next <= now || self.next.0 > now.0.saturating_add(FRESH_MOST)
    }

    fn fail(&mut self, now: Time, random: u8, at_least: u64) {
        let wait = (RETRY << self.failures.min(5)).min(RETRY_MOST).max(at_least.min(HOUR));
        // Up to a quarter later.
        let later = wait / 4 * u64::from(random) / 255;
        self.next = Time(now.0.saturating_add(wait + later));
        self.failures = self.failures.saturating_add(1);
    }
}
