//! The window of observation: what a session was seen to do, and how much that still says.
//!
//! A window is opened by the page's first word to the edge, grows with every batch that is observed, and fades while
//! nothing is: its confidence halves with every half-life of idle time. It holds no events, only what was computed of
//! them.

mod decay;
mod wire;

pub use decay::{Decay, HALVING_EVENTS};
pub use wire::MAX_BYTES;

use crate::{
    beacon::{Feature, Features, faded_sum},
    time::Time,
};

/// What is remembered of a session. It travels sealed in the client's own cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// The session's random id.
    pub id: [u8; 16],
    /// When it was opened. Kept to the millisecond, as all instants here.
    pub opened: Time,
    /// When it was last observed; none while it was not.
    pub observed: Option<Time>,
    /// The sequence of the newest batch that counts; 0 before the first.
    pub sequence: u32,
    /// How sure one could be of it when it was last observed, in thousandths. [`Window::confidence`] says what is left.
    pub sure: u16,
    /// How many batches it was made of.
    pub observations: u16,
    /// How many seconds the page's clock was ahead of the edge's at the newest batch; negative behind.
    pub skew: i32,
    /// How many of its batches, faded like their sums, followed a path that was seen before, under another session.
    pub replays: u8,
    /// What was observed.
    pub features: Features,
    /// The band of risk that the session was last held in.
    pub held: Held,
}

/// A band of risk that is not left at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// 0 low, 1 medium, 2 high.
    pub band: u8,
    /// When the risk was last high enough to stay in it. Kept to the second.
    pub since: Time,
}

/// Where in its window a request falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// There is no window, or too little was ever seen in it to speak of one.
    None,
    /// What was observed is enough, and recent.
    Inside,
    /// Less than half of what could be known is.
    Expiring,
    /// Too little is left.
    Expired,
}

impl State {
    /// The name that rules, headers and records give.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Inside => "inside",
            Self::Expiring => "expiring",
            Self::Expired => "expired",
        }
    }
}

/// From this confidence on, in thousandths, a request is inside the window: less is known than not, below.
pub const INSIDE: u16 = 500;

/// Below this confidence the window has expired: two half-lives beyond [`INSIDE`].
pub const EXPIRED: u16 = 125;

/// How far a sequence may be from the age of its session, in milliseconds: ten minutes, for batches that wait for a
/// network, and clocks of edges that differ.
pub const SLACK_MILLIS: u32 = 600_000;

/// A batch that is not newer than what is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stale;

impl Window {
    /// A window in which nothing was observed yet.
    pub fn new(id: [u8; 16], now: Time) -> Self {
        Self {
            id,
            opened: whole_millis(now),
            observed: None,
            sequence: 0,
            sure: 0,
            observations: 0,
            skew: 0,
            replays: 0,
            features: Features::default(),
            held: Held::default(),
        }
    }

    /// How sure one can be of what was observed, in thousandths: what it was at the last observation, halved with every
    /// half-life since. It never rises by itself, however the clock steps.
    pub fn confidence(&self, decay: Decay, now: Time) -> u16 {
        self.observed.map_or(0, |observed| decay.fade(self.sure, now.0.saturating_sub(observed.0)))
    }

    /// Where in the window an instant falls.
    pub fn state(&self, decay: Decay, now: Time) -> State {
        if self.sure < EXPIRED {
            return State::None;
        }
        match self.confidence(decay, now) {
            INSIDE.. => State::Inside,
            EXPIRED.. => State::Expiring,
            _ => State::Expired,
        }
    }

    /// Counts a batch: merges its features, and recovers confidence by the number of things that its visitor did in it.
    /// What was observed before counts as much less as time has passed.
    ///
    /// # Errors
    /// [`Stale`] for a batch whose sequence is not above that of the newest that counts; the window stays as it is.
    pub fn observe(&mut self, features: &Features, sequence: u32, decay: Decay, now: Time) -> Result<(), Stale> {
        if sequence <= self.sequence {
            return Err(Stale);
        }
        let idle = self.observed.map_or(0, |observed| now.0.saturating_sub(observed.0));
        self.sure = decay::recover(self.confidence(decay, now), deeds(features));
        let kept = decay.fade(1_000, idle);
        self.replays = faded(self.replays, kept);
        self.features.merge(features, kept);
        self.observed = Some(whole_millis(now));
        self.sequence = sequence;
        self.observations = self.observations.saturating_add(1);
        Ok(())
    }

    /// The least sequence that the next batch shall have: above the newest that counts, and not below the age of the
    /// session, which the page goes on counting.
    pub fn next_sequence(&self, now: Time) -> u32 {
        self.sequence.saturating_add(1).max(self.age_millis(now))
    }

    /// Whether a sequence tells of this time: within [`SLACK_MILLIS`] of the age of the session. A copy of an older token
    /// does not let an older batch in for longer.
    pub fn is_timely(&self, sequence: u32, now: Time) -> bool {
        sequence.abs_diff(self.age_millis(now)) <= SLACK_MILLIS
    }

    fn age_millis(&self, now: Time) -> u32 {
        u32::try_from(now.0.saturating_sub(self.opened.0) / 1_000).unwrap_or(u32::MAX)
    }

    /// Whether a batch followed a path that was seen before, under another session: it fades like what was observed, one
    /// such batch with a half-life.
    pub fn replayed(&self, decay: Decay, now: Time) -> bool {
        let idle = self.observed.map_or(0, |observed| now.0.saturating_sub(observed.0));
        faded(self.replays, decay.fade(1_000, idle)) > 0
    }
}

fn faded(replays: u8, kept: u16) -> u8 {
    u8::try_from(faded_sum(replays.into(), kept)).unwrap_or(replays)
}

fn whole_millis(time: Time) -> Time {
    Time(time.0 - time.0 % 1_000)
}

/// How many events of a batch somebody made: a page that is shown or hidden says nothing of its visitor.
fn deeds(features: &Features) -> u32 {
    use Feature::{BeaconPresses, ClickCount, KeyEvents, PointerEvents, TouchEvents, WheelEvents};
    let kinds = [BeaconPresses, ClickCount, KeyEvents, PointerEvents, TouchEvents, WheelEvents];
    kinds.into_iter().map(|kind| features.get(kind).known().map_or(0, u32::from)).sum()
}

#[cfg(test)]
pub(crate) mod tests;
