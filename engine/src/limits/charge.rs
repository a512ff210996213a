//! One charge to one bucket: a pure step over the stored word.
//!
//! The bucket is a GCRA (generic cell rate algorithm, ITU-T I.371): the word holds the theoretical arrival time, the
//! instant at which the bucket will be full again. A request of cost `c` moves it by `c` times the emission interval,
//! and is refused when that would put it further ahead than the burst allows. Equal to a token bucket of `burst`
//! tokens, and needs no timer.

use super::{Ladder, Penalty, Rung, Scope, Unreachable, Word};
use crate::time::Time;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// One charge: the host steps the word stored under `key`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// The limit's place in the policy.
    pub limit: u16,
    /// Where the word is stored: a keyed hash, so that a store holds no addresses.
    pub key: u128,
    /// Tokens that the request costs.
    pub cost: u32,
    /// Where the bucket stands.
    pub scope: Scope,
    /// What becomes of the request where the bucket cannot be reached.
    pub unreachable: Unreachable,
    pub(super) burst: u32,
    /// Microseconds a token by band, and the band of this request.
    pub(super) interval: [u64; 3],
    pub(super) band: u8,
    pub(super) ladder: Ladder,
    pub(super) penalty: Penalty,
    pub(super) mercy: Mercy,
    /// The least level from now on, for who touched a decoy.
    pub(super) strike: u8,
}

/// What the ladder may ask of a client at the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Mercy {
    /// Whatever it says.
    None,
    /// No challenge: it has passed one, or cannot bear any.
    Challenge,
    /// Nothing but to wait for tokens.
    All,
}

impl Mercy {
    fn soften(self, rung: Rung) -> Rung {
        match (self, rung) {
            (Self::Challenge | Self::All, Rung::Challenge) | (Self::All, Rung::Block) => Rung::Throttle,
            (_, rung) => rung,
        }
    }
}

/// What the host reports of a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Charged {
    /// The store was reached.
    Known(Outcome),
    /// The store could not be reached: the limit says what that means.
    Unknown,
}

/// What became of a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The limit's place in the policy.
    pub limit: u16,
    /// What the limit asks for; none where there were tokens enough and no rung says otherwise.
    pub asks: Option<Rung>,
    /// Whole tokens left.
    pub remaining: u32,
    /// Microseconds until this request would be admitted; 0 when it was.
    pub wait: u64,
    /// Microseconds until the bucket is full.
    pub reset: u64,
    /// The level of the ladder on which the client stands; 0 for none.
    pub level: u8,
}

impl Outcome {
    /// Whether the request may go on as far as this limit is concerned.
    pub fn admitted(&self) -> bool {
        !self.asks.is_some_and(Rung::refuses)
    }
}

/// What a bucket that stands elsewhere said of a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// Whether there were tokens enough.
    pub admitted: bool,
    /// Whole tokens left, where it tells.
    pub remaining: Option<u32>,
    /// Microseconds until tokens come back, where it tells.
    pub reset: Option<u64>,
}

impl Charge {
    /// Charges the bucket whose word is `stored`, and returns the outcome with the word to store.
    ///
    /// Total: any word is read, no clock step breaks it. A word further ahead than a full bucket's worth, or than the
    /// longest term, can only come from a clock that was set back, and counts as no further.
    pub fn step(&self, stored: Word, now: Time) -> (Charged, Word) {
        self.settle(stored, now, None)
    }

    /// The same where the bucket stands elsewhere: the word keeps only the ladder.
    pub fn follow(&self, stored: Word, said: Said, now: Time) -> (Charged, Word) {
        self.settle(stored, now, Some(said))
    }

    /// What becomes of the charge by its rung alone, whatever the bucket would say, and the word to store. A bucket that stands
    /// elsewhere need not be asked then.
    pub fn standing(&self, stored: Word, now: Time) -> Option<(Charged, Word)> {
        let state = self.read(stored, now.0);
        let rung = state.rung.filter(|rung| matches!(rung, Rung::Challenge | Rung::Block))?;
        Some((self.shut(&state, rung), state.unfilled(state.level, state.term)))
    }

    /// Until when a word of this charge's bucket says anything: the bucket is full, the term over, and every level forgiven.
    /// Then it may be deleted, and nothing changes.
    pub fn kept_until(&self, word: Word) -> Time {
        let forgiven = match word.level() {
            0 => 0,
            level => word.term().saturating_add(self.penalty.forgive.max(1).saturating_mul(u64::from(level))),
        };
        Time(word.arrival().max(forgiven))
    }

    /// How many requests at this price a full bucket admits at once.
    pub fn quota(&self) -> u32 {
        self.requests(self.burst)
    }

    /// How many requests at this price so many tokens are. What costs nothing is counted as what costs one.
    pub fn requests(&self, tokens: u32) -> u32 {
        tokens / self.cost.max(1)
    }

    /// Microseconds in which an empty bucket fills at the rate of this request's band.
    pub fn window(&self) -> u64 {
        self.window_of(self.interval_of(self.band))
    }

    fn settle(&self, stored: Word, now: Time, said: Option<Said>) -> (Charged, Word) {
        let state = self.read(stored, now.0);
        if let Some(rung) = state.rung.filter(|rung| matches!(rung, Rung::Challenge | Rung::Block)) {
            return (self.shut(&state, rung), state.unfilled(state.level, state.term));
        }
        let taken = match said {
            None => self.take(&state),
            Some(said) => self.report(&state, &said),
        };
        if taken.fits {
            let asks = state.rung.filter(|rung| *rung == Rung::Tag);
            let word = word(state.now, (taken.ahead, self.band), state.level, state.term);
            return (self.outcome((asks, state.level), 0, &taken), word);
        }
        let (level, term, rung) = self.overflow(&state);
        let asks = rung.unwrap_or(Rung::Throttle);
        let wait = match asks {
            Rung::Challenge | Rung::Block => term.saturating_sub(state.now),
            Rung::Throttle => taken.wait,
            Rung::Tag => 0,
        };
        (self.outcome((Some(asks), level), wait, &taken), state.unfilled(level, term))
    }

    fn outcome(&self, (asks, level): (Option<Rung>, u8), wait: u64, taken: &Taken) -> Charged {
        let Taken { remaining, reset, .. } = *taken;
        Charged::Known(Outcome { limit: self.limit, asks, remaining, wait, reset, level })
    }

    /// What the word says at `now`.
    fn read(&self, stored: Word, now: u64) -> State {
        let then = stored.band();
        let left = stored.arrival().saturating_sub(now).min(self.window_of(self.interval_of(then)));
        let ahead = self.paced(left, (then, self.band)).min(self.window());
        let state = State { now, ahead, left, then, level: 0, term: 0, rung: None };
        if self.ladder.is_empty() {
            return state;
        }
        let (level, term) = self.standing_at(stored, now);
        let rung = if now < term { self.ladder.at(level).map(|rung| self.mercy.soften(rung)) } else { None };
        State { level, term, rung, ..state }
    }

    /// The level at `now`, and the end of its term.
    fn standing_at(&self, stored: Word, now: u64) -> (u8, u64) {
        let (level, term) = match stored.level() {
            0 => (0, 0),
            level => {
                let latest = now.saturating_add(self.penalty.term(level)).saturating_add(MILLISECOND);
                self.penalty.forgiven(level, stored.term().min(latest), now)
            }
        };
        if self.strike > level || (self.strike > 0 && term <= now) {
            let level = level.max(self.strike);
            return (level, term.max(self.term_from(now, level)));
        }
        (level, term)
    }

    /// Time at the rate of one band as time at that of another in which as many tokens come back.
    fn paced(&self, time: u64, (from, to): (u8, u8)) -> u64 {
        let [from, to] = [from, to].map(|band| self.interval_of(band));
        if from == to {
            return time;
        }
        u64::try_from(u128::from(time) * u128::from(to) / u128::from(from)).unwrap_or(u64::MAX)
    }

    /// Takes the tokens, where there are enough. Where there are not the bucket goes on filling as it did: whoever shares it with
    /// somebody of high risk shall not have it filled more slowly by what that one is refused.
    fn take(&self, state: &State) -> Taken {
        let interval = self.interval_of(self.band);
        let window = self.window();
        let next = state.ahead.saturating_add(interval.saturating_mul(u64::from(self.cost)));
        let over = next.saturating_sub(window);
        let ahead = if over == 0 { next } else { state.ahead };
        let remaining = u32::try_from((window - ahead) / interval).unwrap_or(u32::MAX);
        // Rounded up, so that who waits for so long is admitted.
        let wait =
            if state.then == self.band { over } else { self.paced(over, (self.band, state.then)).saturating_add(1) };
        let reset = if over == 0 { next } else { state.left };
        Taken { fits: over == 0, ahead, remaining, wait, reset }
    }

    /// What a bucket elsewhere did. The tokens it gave are taken here, too, as far as there are any: should it be gone, the bucket
    /// here goes on where that one was. It need not say when there are tokens again: then its window is over at the latest.
    fn report(&self, state: &State, said: &Said) -> Taken {
        let own = self.take(state);
        let ahead = match (said.admitted, own.fits) {
            (true, false) => self.window(),
            (true, true) | (false, _) => own.ahead,
        };
        let wait = said.reset.filter(|reset| *reset > 0).unwrap_or_else(|| self.window());
        let remaining = said.remaining.unwrap_or(0).min(self.burst);
        Taken { fits: said.admitted, ahead, remaining, wait, reset: said.reset.unwrap_or(0) }
    }

    /// Where an overflow leads: one level up, unless the term of one is not over.
    fn overflow(&self, state: &State) -> (u8, u64, Option<Rung>) {
        if self.ladder.is_empty() || state.now < state.term {
            return (state.level, state.term, state.rung);
        }
        let level = self.penalty.climb(state.level, self.ladder.len());
        let term = self.term_from(state.now, level);
        (level, term, self.ladder.at(level).map(|rung| self.mercy.soften(rung)))
    }

    /// The end of a term that begins now, as it is stored: what is promised is what holds.
    fn term_from(&self, now: u64, level: u8) -> u64 {
        now.saturating_add(self.penalty.term(level)).div_ceil(MILLISECOND).saturating_mul(MILLISECOND)
    }

    /// The outcome of a rung that refuses everything.
    fn shut(&self, state: &State, rung: Rung) -> Charged {
        let tokens = self.window().saturating_sub(state.ahead) / self.interval_of(self.band);
        Charged::Known(Outcome {
            limit: self.limit,
            asks: Some(rung),
            remaining: u32::try_from(tokens).unwrap_or(u32::MAX),
            wait: state.term.saturating_sub(state.now),
            reset: state.left,
            level: state.level,
        })
    }

    fn interval_of(&self, band: u8) -> u64 {
        self.interval.get(usize::from(band)).or(self.interval.first()).copied().unwrap_or(1).max(1)
    }

    fn window_of(&self, interval: u64) -> u64 {
        interval.saturating_mul(u64::from(self.burst.max(1)))
    }
}

/// A term is stored in whole milliseconds, rounded up.
const MILLISECOND: u64 = 1_000;

/// What a word says at one instant. Microseconds.
struct State {
    now: u64,
    /// How far the bucket is from full, at the rate of this request's band.
    ahead: u64,
    /// How long it takes to be full, at the rate of the band of the last charge.
    left: u64,
    then: u8,
    level: u8,
    term: u64,
    /// What the level asks of this client, while its term lasts.
    rung: Option<Rung>,
}

impl State {
    /// The word after a charge that took nothing.
    fn unfilled(&self, level: u8, term: u64) -> Word {
        word(self.now, (self.left, self.then), level, term)
    }
}

/// The word of a bucket that takes so long to be full at the rate of a band. A full one has no instant and no rate: what says
/// nothing is always the same, and what a refusal leaves as it was need not be stored again.
fn word(now: u64, (left, band): (u64, u8), level: u8, term: u64) -> Word {
    match left {
        0 => Word::new(0, level, 0, term),
        left => Word::new(now.saturating_add(left), level, band, term),
    }
}

/// What became of the tokens. Microseconds.
struct Taken {
    fits: bool,
    ahead: u64,
    remaining: u32,
    wait: u64,
    reset: u64,
}

impl Charge {
    /// The charge in bytes, for a store that steps words elsewhere by this same code.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Only a type that cannot be written fails, and this one can.
        postcard::to_allocvec(self).unwrap_or_default()
    }

    /// Reads such bytes; none where they are no charge.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        whole(bytes)
    }
}

impl Charged {
    /// The outcome in bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_allocvec(self).unwrap_or_default()
    }

    /// Reads such bytes; none where they are no outcome.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        whole(bytes)
    }
}

fn whole<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    match postcard::take_from_bytes(bytes) {
        Ok((value, [])) => Some(value),
        Ok(_) | Err(_) => None,
    }
}
