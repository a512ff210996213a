//! What the limits of a policy would do, each by itself.

mod report;
mod timeline;

pub use report::{AskedCounts, KeyRow, LimitReport, Simulation, StepRow};

use crate::{Line, Outcome, Reject, Sink, count::add, rejects::Rejects, weight::Lines};
use outwork_engine::{
    limits::{Charged, Rung},
    policy::Policy,
};
use std::collections::{HashMap, hash_map::Entry as Place};
use timeline::Timeline;

/// What a limit made of a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Nothing,
    Tag,
    Throttle,
    Challenge,
    Block,
}

/// How many of them there are.
pub(crate) const ASKED: usize = 5;

impl Asked {
    fn of(rung: Option<Rung>) -> Self {
        match rung {
            None => Self::Nothing,
            Some(Rung::Tag) => Self::Tag,
            Some(Rung::Throttle) => Self::Throttle,
            Some(Rung::Challenge) => Self::Challenge,
            Some(Rung::Block) => Self::Block,
        }
    }
}

/// The most keys of all limits that are counted one by one.
const MOST_KEYS: usize = 1 << 20;

/// Counts what becomes of charges.
#[derive(Debug)]
pub struct Simulated<'p> {
    policy: &'p Policy,
    lines: Lines,
    /// Requests that were charged at all, that at least one limit refused, and of which no time is known.
    charged: u64,
    refused: u64,
    timeless: u64,
    // One a limit.
    limits: Vec<Counted>,
    // By the limit's place and the key.
    keys: HashMap<(u16, u128), Key, foldhash::fast::FixedState>,
    /// Charges of keys for which there was no room.
    uncounted: u64,
    rejects: Rejects,
}

#[derive(Clone, Debug, Default)]
struct Counted {
    asked: [u64; ASKED],
    /// Due, and not charged: the log lacks a part of the key.
    keyless: u64,
    time: Timeline,
}

/// One client, as a limit counts them.
#[derive(Clone, Copy, Debug)]
struct Key {
    asked: [u64; ASKED],
    /// Where the log has the first of its requests: a file's place and a line.
    first: (usize, u64),
}

impl Key {
    fn add(&mut self, other: &Self) {
        add(&mut self.asked, &other.asked);
        self.first = self.first.min(other.first);
    }
}

impl<'p> Simulated<'p> {
    /// Nothing counted yet.
    pub fn new(policy: &'p Policy) -> Self {
        Self {
            policy,
            lines: Lines::default(),
            charged: 0,
            refused: 0,
            timeless: 0,
            limits: vec![Counted::default(); policy.limits().len()],
            keys: HashMap::default(),
            uncounted: 0,
            rejects: Rejects::default(),
        }
    }

    fn key(&mut self, place: (u16, u128), key: Key) {
        let has_room = self.keys.len() < MOST_KEYS;
        match self.keys.entry(place) {
            Place::Occupied(mut known) => known.get_mut().add(&key),
            Place::Vacant(free) if has_room => {
                free.insert(key);
            }
            Place::Vacant(_) => self.uncounted += key.asked.iter().sum::<u64>(),
        }
    }
}

impl Sink for Simulated<'_> {
    fn line(&mut self, line: Line<'_>, outcomes: &[Outcome<'_>]) {
        let [outcome] = outcomes else { return };
        self.lines.count(line.entry.rate);
        self.timeless += u64::from(line.entry.time.is_none());
        let known = outcome.charged.iter().zip(outcome.keys).filter_map(|(charged, key)| match charged {
            Charged::Known(charged) => Some((*charged, *key)),
            Charged::Unknown => None,
        });
        let (mut is_charged, mut is_refused) = (false, false);
        for (charged, key) in known {
            let asked = Asked::of(charged.asks);
            is_charged = true;
            is_refused |= !charged.admitted();
            if let Some(limit) = self.limits.get_mut(usize::from(charged.limit)) {
                count(&mut limit.asked, asked);
                limit.time.note(line.entry.time.map_or(0, outwork_engine::time::Time::seconds), asked);
            }
            let mut own = Key { asked: [0; ASKED], first: (line.file, line.number) };
            count(&mut own.asked, asked);
            self.key((charged.limit, key), own);
        }
        self.charged += u64::from(is_charged);
        self.refused += u64::from(is_refused);
        for &place in outcome.keyless {
            if let Some(limit) = self.limits.get_mut(usize::from(place)) {
                limit.keyless += 1;
            }
        }
    }

    fn reject(&mut self, file: usize, number: u64, reason: Reject) {
        self.rejects.note(file, number, reason);
    }

    fn merge(&mut self, other: Self) {
        self.lines.merge(other.lines);
        self.charged += other.charged;
        self.refused += other.refused;
        self.timeless += other.timeless;
        self.uncounted += other.uncounted;
        for (own, more) in self.limits.iter_mut().zip(&other.limits) {
            add(&mut own.asked, &more.asked);
            own.keyless += more.keyless;
            own.time.merge(&more.time);
        }
        for (place, key) in other.keys {
            self.key(place, key);
        }
        self.rejects.merge(other.rejects);
    }
}

fn count(counts: &mut [u64; ASKED], asked: Asked) {
    if let Some(number) = counts.get_mut(asked as usize) {
        *number += 1;
    }
}
