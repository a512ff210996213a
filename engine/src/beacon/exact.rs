//! Keys of moves as they are, to the pixel: what was recorded and is sent again unchanged has them, however short it is and
//! wherever it is cut.

use super::{Event, Kind, sketch};
use alloc::vec::Vec;

/// How many moves make a key, not counting those that go nowhere. The first of a flush is left out: where it came from
/// depends on the cut.
const MOVES: usize = 16;

/// How many of them must be different from all others, and how much each must differ from the one before, in bits altogether:
/// slow moves, even ones, and those of a coarse pointer are alike to the pixel with many people.
const DIFFERENT: u32 = 8;
const BITS: u32 = 24;

/// So many of the smallest hashes over [`MOVES`] moves: which ones these are depends on the moves and not on where a flush
/// begins.
pub(super) fn keys(events: &[Event], most: usize) -> Vec<u64> {
    let mut last = (0, 0);
    let moves: Vec<Move> = events.iter().filter_map(moved).skip(1).map(|step| Move::new(step, &mut last)).collect();
    sketch::smallest(moves.windows(MOVES).filter_map(key).collect(), most)
}

/// The step of a move that goes somewhere.
fn moved(event: &Event) -> Option<(i32, i32)> {
    let step = matches!(event.kind, Kind::Move { .. } | Kind::TouchMove(_)).then(|| event.kind.step()).flatten();
    step.filter(|step| *step != (0, 0))
}

struct Move {
    hash: u64,
    /// How far it is from the step before it, in bits.
    bits: u32,
}

impl Move {
    fn new(step: (i32, i32), last: &mut (i32, i32)) -> Self {
        let bits = bits(step.0 - last.0) + bits(step.1 - last.1);
        *last = step;
        Self { hash: sketch::mix(SEED, step), bits }
    }
}

const SEED: u64 = 0x5851_F42D_4C95_7F2D;

fn bits(difference: i32) -> u32 {
    difference.unsigned_abs().checked_ilog2().map_or(0, |most| most + 1)
}

/// The hash of these moves; none where many people make them.
fn key(moves: &[Move]) -> Option<u64> {
    let bits: u32 = moves.iter().skip(1).map(|step| step.bits).sum();
    // One bit of 64 for each hash: two of different steps fall together now and then, and then there are one fewer.
    let different = moves.iter().fold(0_u64, |set, step| set | 1 << (step.hash >> 58)).count_ones();
    let hash = |hash: u64, step: &Move| (hash.rotate_left(23) ^ step.hash).wrapping_mul(SEED);
    (bits >= BITS && different >= DIFFERENT).then(|| sketch::finish(moves.iter().fold(SEED, hash)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moves(steps: impl IntoIterator<Item = (i32, i32)>) -> Vec<Event> {
        let kind = |(dx, dy)| Kind::Move { dx, dy, coalesced: 1 };
        let event = |step| Event { after: 16, kind: kind(step), untrusted: false, fractional: false, disagrees: false };
        steps.into_iter().map(event).collect()
    }

    fn keys_of(events: &[Event]) -> Vec<u64> {
        keys(events, 2)
    }

    fn curve(count: i32) -> Vec<Event> {
        moves((0..count).map(|at| (9 + at * at * 5 % 31, at % 5 * 3 - 6)))
    }

    #[test]
    fn seventeen_moves_have_a_key_at_whatever_times() {
        assert_eq!(keys_of(&curve(16)), [0_u64; 0]);
        let mut later = curve(17);
        assert_eq!(keys_of(&later).len(), 1);
        later.iter_mut().for_each(|event| event.after += 3);
        later.insert(9, moves([(0, 0)])[0]);
        assert_eq!(keys_of(&later), keys_of(&curve(17)));
    }

    #[test]
    fn a_piece_that_holds_a_key_of_the_whole_has_it_too() {
        let all: Vec<(i32, i32)> = (0..200_i32).map(|at| (at * at * 31 % 23 - 11, at * 17 % 13 - 6)).collect();
        let whole = keys_of(&moves(all.iter().copied()));
        let pieces: Vec<u64> =
            (0..200).step_by(20).flat_map(|at| keys_of(&moves(all.iter().copied().skip(at).take(40)))).collect();
        assert!(whole.iter().all(|key| pieces.contains(key)));
    }

    #[test]
    fn slow_even_and_other_moves_have_none() {
        assert_eq!(keys_of(&moves((0..60).map(|at| (at % 2, 1 - at % 2)))), [0_u64; 0]);
        assert_eq!(keys_of(&moves([(20, 3); 60])), [0_u64; 0]);
        assert_eq!(keys_of(&moves((0..60).map(|at| (7 * (1 + at * at % 3), 0)))), [0_u64; 0]);
        let mut other = curve(17);
        other[9].kind = Kind::Move { dx: 0, dy: 0, coalesced: 1 };
        assert_ne!(keys_of(&other), keys_of(&curve(17)));
    }
}
