//! Of which time lines are taken.

use outwork_engine::time::Time;
use serde::Serialize;
use std::sync::atomic::{AtomicU64, Ordering};

/// From an instant on, and up to one that is not in it; open where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// The first instant in it.
    pub since: Option<Time>,
    /// The first one after it.
    pub until: Option<Time>,
}

impl Window {
    /// Whether an instant is in it.
    pub fn takes(&self, time: Time) -> bool {
        self.since.is_none_or(|since| time >= since) && self.until.is_none_or(|until| time < until)
    }

    /// Whether every instant is.
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }
}

/// Lines that were passed over because of their time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Passed {
    /// Those of another time.
    pub outside: u64,
    /// Those that do not tell theirs.
    pub timeless: u64,
}

/// The same, as workers count them.
#[derive(Debug, Default)]
pub(crate) struct Passing {
    window: Window,
    outside: AtomicU64,
    timeless: AtomicU64,
}

impl Passing {
    pub(crate) fn of(window: Window) -> Self {
        Self { window, ..Self::default() }
    }

    /// Whether a line of this time is taken; one that is not is counted.
    pub(crate) fn takes(&self, time: Option<Time>) -> bool {
        let count = match time {
            _ if self.window.is_open() => return true,
            Some(time) if self.window.takes(time) => return true,
            Some(_) => &self.outside,
            None => &self.timeless,
        };
        count.fetch_add(1, Ordering::Relaxed);
        false
    }

    /// None where every line was taken.
    pub(crate) fn passed(&self) -> Option<Passed> {
        let [outside, timeless] = [&self.outside, &self.timeless].map(|count| count.load(Ordering::Relaxed));
        (!self.window.is_open()).then_some(Passed { outside, timeless })
    }
}
