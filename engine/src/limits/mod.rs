//! Limits: a token bucket as a pure step over one stored word.
//!
//! The bucket is a GCRA (generic cell rate algorithm, ITU-T I.371): the word holds the theoretical arrival time, the
//! instant at which the bucket will be full again. A request of cost `c` moves it by `c` times the emission interval,
//! and is refused when that would put it further ahead than the burst allows. Equal to a token bucket of `burst`
//! tokens, and needs no timer.

mod slots;

pub use slots::{Slot, Table, choose};

use crate::{risk::Band, time::Time};
use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};

/// One limit, as the bundle carries it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// Its stable id.
    pub id: String,
    /// What clients are counted by; several together make one key.
    pub key: Vec<KeyPart>,
    /// How many tokens the bucket holds, 1 or more.
    pub burst: u32,
    /// Microseconds in which one token comes back, 1 or more.
    pub interval: u64,
    /// Tokens a request costs, by band: low, medium, high.
    pub cost: [u32; 3],
    /// Whether it has a condition of its own; without one only rules charge it.
    pub conditional: bool,
}

impl Limit {
    /// What one request of this band is charged.
    pub fn charge(&self, limit: u16, key: u128, band: Band) -> Charge {
        let [low, medium, high] = self.cost;
        let tokens = match band {
            Band::Low => low,
            Band::Medium => medium,
            Band::High => high,
        };
        Charge { limit, key, burst: self.burst.max(1), interval: self.interval.max(1), cost: tokens }
    }
}

/// One part of the key that clients are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum KeyPart {
    /// The address, IPv6 by /64.
    Ip,
    /// The device identity.
    Device,
    /// The autonomous system.
    Asn,
    /// The country.
    Country,
    /// The session, by its token. Who sends none is not counted: another limit has to count those.
    Session,
    /// The clearance, by its random name. Who has passed no challenge is not counted.
    Clearance,
}

/// One charge to one bucket: the host steps the word stored under `key`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charge {
    /// The limit's place in the policy.
    pub limit: u16,
    /// Where the word is stored: a keyed hash, so that a store holds no addresses.
    pub key: u128,
    burst: u32,
    interval: u64,
    cost: u32,
}

impl Charge {
    /// Charges the bucket whose word is `stored`, and returns the outcome with the word to store.
    ///
    /// Total: any word is read, no clock step breaks it. A word further ahead than a full bucket's worth can only
    /// come from a clock that was set back, and counts as exactly empty.
    pub fn step(&self, stored: Word, now: Time) -> (Charged, Word) {
        let window = self.interval.saturating_mul(u64::from(self.burst));
        let price = self.interval.saturating_mul(u64::from(self.cost));
        let arrival = stored.arrival().clamp(now.0, now.0.saturating_add(window));
        let next = arrival.saturating_add(price);
        let ahead = next - now.0;
        if ahead <= window {
            let remaining = (window - ahead) / self.interval;
            (self.outcome(true, remaining, 0, ahead), Word::at(next))
        } else {
            let remaining = (window - (arrival - now.0)) / self.interval;
            (self.outcome(false, remaining, ahead - window, arrival - now.0), Word::at(arrival))
        }
    }

    fn outcome(&self, admitted: bool, remaining: u64, wait: u64, reset: u64) -> Charged {
        Charged::Known(Outcome {
            limit: self.limit,
            admitted,
            remaining: u32::try_from(remaining).unwrap_or(u32::MAX),
            wait,
            reset,
        })
    }
}

/// What is stored for one bucket: 16 bytes, all zero for a bucket never seen.
///
/// Bytes 0–7 are the theoretical arrival time in microseconds since the Unix epoch, little-endian. The rest is zero,
/// kept for the ladder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Word(pub [u8; 16]);

impl Word {
    /// The instant at which the bucket is full again, in microseconds since the Unix epoch.
    pub fn arrival(self) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        u64::from_le_bytes([a, b, c, d, e, f, g, h])
    }

    fn at(arrival: u64) -> Self {
        let [a, b, c, d, e, f, g, h] = arrival.to_le_bytes();
        Self([a, b, c, d, e, f, g, h, 0, 0, 0, 0, 0, 0, 0, 0])
    }
}

/// What the host reports of a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charged {
    /// The store was reached.
    Known(Outcome),
    /// The store could not be reached: the request is not refused for it.
    Unknown,
}

/// What became of a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The limit's place in the policy.
    pub limit: u16,
    /// Whether there were tokens enough.
    pub admitted: bool,
    /// Whole tokens left.
    pub remaining: u32,
    /// Microseconds until this request would be admitted; 0 when it was.
    pub wait: u64,
    /// Microseconds until the bucket is full.
    pub reset: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn charge(burst: u32, interval: u64, cost: u32) -> Charge {
        Charge { limit: 0, key: 0, burst, interval, cost }
    }

    fn known((charged, word): (Charged, Word)) -> (Outcome, Word) {
        match charged {
            Charged::Known(outcome) => (outcome, word),
            Charged::Unknown => unreachable!("a step always knows"),
        }
    }

    proptest! {
        #[test]
        fn a_bucket_admits_its_burst_and_then_exactly_after_the_promised_wait(
            burst in 1_u32..200, interval in 1_u64..10_000_000, start in 1_u64..u64::MAX / 4, part in 0_u64..1_000,
        ) {
            let charge = charge(burst, interval, 1);
            let mut word = Word::default();
            for left in (0..burst).rev() {
                let (outcome, next) = known(charge.step(word, Time(start)));
                prop_assert!(outcome.admitted);
                prop_assert_eq!(outcome.remaining, left);
                word = next;
            }
            let (refused, word) = known(charge.step(word, Time(start)));
            prop_assert!(!refused.admitted);
            prop_assert_eq!(refused.wait, interval);
            let early = start + refused.wait * part / 1_000;
            prop_assert!(!known(charge.step(word, Time(early))).0.admitted);
            prop_assert!(known(charge.step(word, Time(start + refused.wait))).0.admitted);
        }

        #[test]
        fn any_word_at_any_time_is_read(
            word: [u8; 16], now: u64, burst: u32, interval: u64, cost: u32,
        ) {
            let charge = charge(burst.max(1), interval.max(1), cost);
            let (outcome, next) = known(charge.step(Word(word), Time(now)));
            prop_assert!(outcome.remaining <= burst.max(1));
            prop_assert!(next.arrival() >= now || next.arrival() == u64::MAX);
        }

        #[test]
        fn a_clock_set_back_never_locks_anybody_out_for_longer_than_one_window(
            burst in 1_u32..100, interval in 1_u64..1_000_000, back in 0_u64..1_000_000_000_000,
        ) {
            let charge = charge(burst, interval, 1);
            let now = 2_000_000_000_000_u64;
            let mut word = Word::default();
            for _ in 0..burst {
                word = known(charge.step(word, Time(now))).1;
            }
            let earlier = now - back;
            let (outcome, _) = known(charge.step(word, Time(earlier)));
            prop_assert!(outcome.wait <= interval * u64::from(burst));
        }
    }

    #[test]
    fn a_request_dearer_than_the_bucket_is_refused_and_costs_nothing() {
        let (outcome, word) = known(charge(2, 10, 3).step(Word::default(), Time(1_000)));
        assert!(!outcome.admitted);
        assert_eq!((outcome.remaining, word.arrival()), (2, 1_000));
    }
}
