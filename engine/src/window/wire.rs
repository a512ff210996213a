//! A window as bytes: what a token seals.
//!
//! Little-endian: version, flags, id (16), opened and observed (milliseconds, 6 each), sequence (4), sure (2),
//! observations (2), skew (4), replays (1), the hold of the band (seconds, 5), then the schema of the features (2) and
//! their bytes.

use super::{Held, Window};
use crate::{beacon::Features, time::Time};
use alloc::vec::Vec;

/// The longest encoding.
pub const MAX_BYTES: usize = FIXED_BYTES + Features::BYTES;

/// What comes before the features.
const FIXED_BYTES: usize = 1 + 1 + 16 + 6 + 6 + 4 + 2 + 2 + 4 + 1 + 5 + 2;

// A window of another version is none: what its numbers meant is not known here. It goes up when a field changes.
const VERSION: u8 = 2;

const OBSERVED: u8 = 1;

impl Window {
    /// Writes the window. Instants lose what is finer than their unit, and what is beyond it is cut.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(MAX_BYTES);
        out.extend([VERSION, self.flags()]);
        out.extend(self.id);
        put(&mut out, self.opened.millis(), 6);
        put(&mut out, self.observed.unwrap_or_default().millis(), 6);
        put(&mut out, self.sequence.into(), 4);
        put(&mut out, self.sure.into(), 2);
        put(&mut out, self.observations.into(), 2);
        put(&mut out, self.skew.cast_unsigned().into(), 4);
        out.push(self.replays);
        put(&mut out, self.held.since.seconds(), 5);
        put(&mut out, Features::SCHEMA.into(), 2);
        out.extend(self.features.to_bytes());
        out
    }

    /// Bit 0: observed; 1 and 2 the held band.
    fn flags(&self) -> u8 {
        let observed = if self.observed.is_some() { OBSERVED } else { 0 };
        observed | self.held.band.min(2) << 1
    }

    /// Reads a window; none where the bytes are not of this version, or not a window.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut input = Input { rest: bytes };
        if input.number(1)? != u64::from(VERSION) {
            return None;
        }
        let flags = u8::try_from(input.number(1)?).ok()?;
        let id = *input.take(16)?.first_chunk()?;
        let (opened, observed) = (input.millis()?, input.millis()?);
        let window = Self {
            id,
            opened,
            observed: (flags & OBSERVED != 0).then_some(observed),
            sequence: u32::try_from(input.number(4)?).ok()?,
            sure: u16::try_from(input.number(2)?).ok().filter(|sure| *sure <= 1_000)?,
            observations: u16::try_from(input.number(2)?).ok()?,
            skew: u32::try_from(input.number(4)?).ok()?.cast_signed(),
            replays: u8::try_from(input.number(1)?).ok()?,
            held: Held { band: level(flags >> 1)?, since: input.seconds()? },
            features: input.features()?,
        };
        (input.rest.is_empty() && flags >> 3 == 0).then_some(window)
    }
}

fn level(bits: u8) -> Option<u8> {
    Some(bits & 3).filter(|level| *level <= 2)
}

/// The lowest bytes of a number, or of the largest that fits.
fn put(out: &mut Vec<u8>, n: u64, bytes: usize) {
    let most = u64::MAX.checked_shr(64 - 8 * u32::try_from(bytes).unwrap_or(8)).unwrap_or(u64::MAX);
    out.extend(n.min(most).to_le_bytes().iter().take(bytes));
}

struct Input<'a> {
    rest: &'a [u8],
}

impl<'a> Input<'a> {
    fn take(&mut self, bytes: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(bytes)?;
        self.rest = rest;
        Some(taken)
    }

    fn number(&mut self, bytes: usize) -> Option<u64> {
        Some(self.take(bytes)?.iter().rev().fold(0, |n, &byte| n << 8 | u64::from(byte)))
    }

    fn millis(&mut self) -> Option<Time> {
        Some(Time(self.number(6)?.saturating_mul(1_000)))
    }

    fn seconds(&mut self) -> Option<Time> {
        Some(Time::from_seconds(self.number(5)?))
    }

    /// What another list of features was written under means nothing here.
    fn features(&mut self) -> Option<Features> {
        if self.number(2)? != u64::from(Features::SCHEMA) {
            return None;
        }
        self.take(Features::BYTES)?.first_chunk().map(Features::from_bytes)
    }
}
