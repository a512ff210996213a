//! The MACs of records, each as far as it can be had from the one before.

use super::Mac;
use crate::keys::Keyring;
use alloc::{string::String, vec::Vec};
use core::fmt;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

/// For how many kinds of clients it is recalled what their records have in common.
const PLACES: usize = 128;

/// How many bytes lie between two states of a MAC that are kept: two blocks of SHA-256.
const STEP: usize = 128;

/// How many bytes of a record are recalled at most. A place takes 5 KB at most, 6 where blocks are
/// powers of two: all of them less than 800 KB.
const MOST: usize = 16 * STEP;

/// The key that seals records, and what those had in common that were sealed before.
///
/// A MAC is what it would be without: what is recalled are states that its computation goes through, by the very bytes that led
/// to them. Clients whose records push one another out cost themselves the computation, no more.
pub struct Sealer {
    key: String,
    mac: Hmac<Sha256>,
    // INVARIANT: empty, or PLACES places.
    places: Vec<Stem>,
    /// The bytes of one record, in the order in which they are taken.
    text: Vec<u8>,
}

/// What a record began with.
#[derive(Clone, Default)]
struct Stem {
    /// Whose record came last.
    like: u64,
    // INVARIANT: STEP bytes for each of `states`, which is the MAC after them.
    text: Vec<u8>,
    states: Vec<Hmac<Sha256>>,
}

impl Sealer {
    /// The first key of a ring.
    pub fn new(keys: &Keyring) -> Self {
        Self { key: keys.signing_id().into(), mac: keys.audit_mac(), places: Vec::new(), text: Vec::new() }
    }

    /// The id of the key.
    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// The MAC of what was there before, and then of the rest. Records of clients that are `like` one another begin alike.
    pub(super) fn mac<'t>(
        &mut self,
        like: u64,
        before: impl Iterator<Item = &'t [u8]>,
        rest: impl Iterator<Item = &'t [u8]>,
    ) -> Mac {
        let Self { mac, places, text, .. } = self;
        text.clear();
        before.for_each(|part| text.extend_from_slice(part));
        if places.is_empty() {
            places.resize_with(PLACES, Stem::default);
        }
        let place = usize::try_from(like % PLACES as u64).ok().and_then(|place| places.get_mut(place));
        let (mut mac, taken) = place.map_or_else(|| (mac.clone(), 0), |stem| stem.recall(mac, like, text));
        rest.for_each(|part| text.extend_from_slice(part));
        mac.update(text.get(taken..).unwrap_or_default());
        super::half(&mac.finalize().into_bytes().into())
    }
}

impl Stem {
    /// The MAC of as much of the text as is recalled here, and how much that is. It becomes more where two came in turn that are
    /// alike: to keep what does not come again costs more than it saves.
    fn recall(&mut self, begin: &Hmac<Sha256>, like: u64, text: &[u8]) -> (Hmac<Sha256>, usize) {
        let steps = text.get(..MOST).unwrap_or(text).as_chunks::<STEP>().0;
        let known =
            self.text.as_chunks::<STEP>().0.iter().zip(steps).take_while(|(known, step)| same(known, step)).count();
        let mut mac = known.checked_sub(1).and_then(|last| self.states.get(last)).unwrap_or(begin).clone();
        let comes_again = core::mem::replace(&mut self.like, like) == like;
        if known == steps.len() || !(comes_again || self.text.is_empty()) {
            return (mac, known * STEP);
        }
        self.states.truncate(known);
        self.text.truncate(known * STEP);
        let new = steps.get(known..).unwrap_or_default();
        self.text.extend_from_slice(new.as_flattened());
        for step in new {
            mac.update(step);
            self.states.push(mac.clone());
        }
        (mac, steps.len() * STEP)
    }
}

/// Equality without a way out of the loop, which runs on vectors so.
fn same(one: &[u8; STEP], other: &[u8; STEP]) -> bool {
    one.iter().zip(other).fold(0, |difference, (one, other)| difference | (one ^ other)) == 0
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer").field("key", &self.key).finish_non_exhaustive()
    }
}

impl fmt::Debug for Stem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stem").finish_non_exhaustive()
    }
}
