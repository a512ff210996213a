//! A sketch of a path, to be known again.
//!
//! A path is walked event by event. From each event on, the way over the next [`PARTS`] × [`EVENTS`] moves is taken apart
//! into [`PARTS`] vectors, each rounded to cells of [`CELL`] pixels, and hashed. Of all hashes that a flush has, the
//! [`BLURRED`] smallest are kept: which ones these are depends on the path alone and not on where a flush begins, so that
//! the same path keeps most of its keys when it is cut elsewhere, sent with other pauses, or blurred by a few pixels. Ways
//! that many people make, straight ones and short ones, have no hash.
//!
//! Beside them stand the [`exact`] keys of the moves as they are, which a few moves already have.

use super::{Batch, Event, Kind, exact};
use alloc::vec::Vec;

/// The most keys of a sketch, of both kinds.
pub const KEYS: usize = 8;

/// The most keys that a blurred path still has.
const BLURRED: usize = 7;

/// How many of those must be known under one other session; a sketch has as many, or none.
const KNOWN: usize = 3;

const PARTS: usize = 6;
const EVENTS: usize = 10;

/// How many places are averaged: two means of five, each place blurred by up to 2 px, differ by 0.6 px on the mean.
const SMOOTH: usize = 5;

/// In pixels: a blur of 0.6 px changes one rounding in 55.
const CELL: i32 = 32;
const SMOOTHED_CELL: i32 = SMOOTH as i32 * CELL;

/// The shortest way that is told apart from others, in cells, and the fewest parts that have a length.
const LONG: i32 = 14;
const MOVING: usize = 4;

/// The keys of a path: none of one that is too short or too plain to be known again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sketch {
    exact: Vec<u64>,
    blurred: Vec<u64>,
}

impl Sketch {
    /// The keys: at most [`KEYS`].
    pub fn keys(&self) -> impl Iterator<Item = u64> {
        self.exact.iter().chain(&self.blurred).copied()
    }

    /// Whether this path would be known again though it were blurred: it has all the keys that one can have for that.
    pub fn is_full(&self) -> bool {
        self.blurred.len() == BLURRED
    }

    /// Whether this path was seen under another session before: `owners` has, for each of [`Self::keys`], a mark of the
    /// other session under which it is known. One is enough of the exact keys; of the others, [`KNOWN`] of one session.
    pub fn is_known(&self, owners: impl Iterator<Item = Option<u64>> + Clone) -> bool {
        let blurred = owners.clone().skip(self.exact.len()).flatten();
        owners.take(self.exact.len()).flatten().next().is_some()
            || blurred.clone().any(|owner| blurred.clone().filter(|other| *other == owner).count() >= KNOWN)
    }
}

impl Batch {
    /// The sketch of this flush, of the moves of its pointer or finger.
    pub fn sketch(&self) -> Sketch {
        let blurred = blurred(&self.events);
        Sketch { exact: exact::keys(&self.events, KEYS - blurred.len()), blurred }
    }
}

fn blurred(events: &[Event]) -> Vec<u64> {
    let path = smooth(&path(events));
    let mut keys = Vec::new();
    for start in 0..path.len().saturating_sub(PARTS * EVENTS) {
        if let Some(key) = path.get(start..).and_then(key) {
            keys.push(key);
        }
    }
    let keys = smallest(keys, BLURRED);
    if keys.len() < KNOWN { Vec::new() } else { keys }
}

/// So many of these, none twice.
pub(super) fn smallest(mut keys: Vec<u64>, most: usize) -> Vec<u64> {
    keys.sort_unstable();
    keys.dedup();
    keys.truncate(most);
    keys
}

/// Places of moves, in pixels from the first.
fn path(events: &[Event]) -> Vec<(i32, i32)> {
    let (mut x, mut y) = (0, 0);
    let mut path = Vec::with_capacity(events.len());
    for event in events {
        let Some((dx, dy)) = event.kind.step() else { continue };
        // INVARIANT: 512 steps of at most 32,767 px fit well within 32 bits.
        (x, y) = (x + dx, y + dy);
        if matches!(event.kind, Kind::Move { .. } | Kind::TouchMove(_)) {
            path.push((x, y));
        }
    }
    path
}

/// The sums of each [`SMOOTH`] neighbours: as many times the mean of their places.
fn smooth(path: &[(i32, i32)]) -> Vec<(i32, i32)> {
    path.windows(SMOOTH).map(|near| near.iter().fold((0, 0), |sum, place| (sum.0 + place.0, sum.1 + place.1))).collect()
}

/// The hash of the way from the first of these places; none of a plain one.
fn key(path: &[(i32, i32)]) -> Option<u64> {
    let (mut hash, mut moving, mut length, mut way) = (0x9E37_79B9_7F4A_7C15_u64, 0, 0, (0, 0));
    let mut places = path.iter().step_by(EVENTS);
    let mut from = places.next()?;
    for to in places.take(PARTS) {
        let part = (cells(to.0 - from.0), cells(to.1 - from.1));
        moving += usize::from(part != (0, 0));
        length += part.0.abs() + part.1.abs();
        way = (way.0 + part.0, way.1 + part.1);
        hash = mix(hash, part);
        from = to;
    }
    // A way that gets as far as it is long does not turn.
    let bent = 4 * (way.0.abs() + way.1.abs()) <= 3 * length;
    (moving >= MOVING && length >= LONG && bent).then_some(hash)
}

/// A difference of sums, in whole cells, rounded to the nearest.
fn cells(difference: i32) -> i32 {
    (difference + SMOOTHED_CELL / 2).div_euclid(SMOOTHED_CELL)
}

/// A round of SplitMix64's mixing.
pub(super) fn mix(hash: u64, (x, y): (i32, i32)) -> u64 {
    let part = u64::from(x.cast_unsigned()) << 32 | u64::from(y.cast_unsigned());
    finish(hash ^ part)
}

/// The end of the mixing, of a hash that has its last part.
pub(super) fn finish(hash: u64) -> u64 {
    let hash = hash.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let hash = (hash ^ hash >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    hash ^ hash >> 31
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::beacon::Kind;

    /// A path that wanders over a screen, each seed its own, every place blurred by up to so many pixels.
    fn wander(seed: u32, blur: u32) -> Batch {
        let (mut state, mut last) = (u64::from(seed) * 2_654_435_761 + 1, (0, 0));
        let frequency = |n: u32| 0.011 + f64::from(seed * 7 % 31 + n) / 900.0;
        let events = (0..256).map(|at| {
            let wave = |n: u32, size: f64| size * libm::sin(frequency(n) * f64::from(at) * 2.0 + f64::from(seed + n));
            let mut noise = || {
                state = mix(state, (7, 7));
                i32::try_from(state % u64::from(2 * blur + 1)).unwrap() - i32::try_from(blur).unwrap()
            };
            let place = (
                (wave(1, 500.0) + wave(9, 120.0)) as i32 + noise(),
                (wave(4, 300.0) + wave(15, 90.0)) as i32 + noise(),
            );
            let kind = Kind::Move { dx: place.0 - last.0, dy: place.1 - last.1, coalesced: 1 };
            last = place;
            Event { after: 16, kind, untrusted: false, fractional: false, disagrees: false }
        });
        Batch { events: events.collect(), ..Batch::default() }
    }

    /// Whether the second is known by the keys of the first.
    fn knows(first: &Batch, second: &Batch) -> bool {
        let (first, second) = (first.sketch(), second.sketch());
        let owners: Vec<Option<u64>> =
            second.keys().map(|key| first.keys().any(|other| other == key).then_some(1)).collect();
        second.is_known(owners.into_iter())
    }

    #[test]
    fn a_path_is_known_again_when_blurred_or_cut_elsewhere() {
        let known = (0..100).filter(|&seed| knows(&wander(seed, 0), &wander(seed, 2))).count();
        assert!(known >= 99, "{known} of 100");
        for seed in 0..20 {
            let whole = wander(seed, 0);
            let cut = Batch { events: whole.events.get(9..).unwrap().to_vec(), ..Batch::default() };
            assert!(knows(&whole, &cut), "{seed}");
        }
    }

    #[test]
    fn other_paths_are_not() {
        let batches: Vec<Batch> = (0..60).map(|seed| wander(seed, 0)).collect();
        for (place, first) in batches.iter().enumerate() {
            assert!(first.sketch().is_full());
            assert!(!batches.iter().skip(place + 1).any(|second| knows(first, second)), "{place}");
        }
    }

    #[test]
    fn plain_and_short_paths_have_no_keys() {
        let line = |events: usize| {
            let step = Event { kind: Kind::Move { dx: 20, dy: 3, coalesced: 1 }, ..wander(0, 0).events[0] };
            Batch { events: alloc::vec![step; events], ..Batch::default() }
        };
        assert_eq!(line(256).sketch(), Sketch::default());
        assert_eq!(blurred(&wander(1, 0).events[..50]), [0_u64; 0]);
        assert_eq!(Batch::default().sketch(), Sketch::default());
    }

    #[test]
    fn a_short_piece_is_known_as_it_was() {
        for seed in 0..20 {
            let whole = wander(seed, 2);
            let piece = Batch { events: whole.events[40..70].to_vec(), ..Batch::default() };
            assert!(!piece.sketch().is_full());
            assert!(knows(&piece, &piece.clone()), "{seed}");
        }
    }

    #[test]
    fn keys_of_different_owners_do_not_add_up() {
        let sketch = wander(3, 0).sketch();
        let owners = |exact: Option<u64>, blurred: [u64; 4]| {
            [exact].into_iter().chain(blurred.map(Some)).collect::<Vec<_>>().into_iter()
        };
        assert!(sketch.is_known(owners(None, [1, 1, 2, 1])));
        assert!(!sketch.is_known(owners(None, [1, 2, 1, 2])));
        assert!(sketch.is_known(owners(Some(3), [1, 2, 1, 2])), "an exact key is enough");
    }
}
