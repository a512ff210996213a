//! The pointer's moves as they came: when, how far, and what the browser says of each.

use super::{
    spread::{Share, Spread},
    strokes::{Point, REST, strokes},
    walk::{At, Place},
};
use crate::beacon::{Feature, Features, Kind};
use alloc::vec::Vec;

/// From how many milliseconds a time between moves is a micro-pause.
const MICRO_PAUSE: f64 = 50.0;

/// The longest time between moves that counts as a pause in a mean, in milliseconds.
const LONGEST_PAUSE: f64 = 60_000.0;

/// From how many pixels, with how many milliseconds around it, a move is a jump.
const JUMP: f64 = 50.0;
const APART: f64 = 100.0;

/// The shortest step, in pixels, whose repetition means something: slow hands repeat short ones.
const REPEATED: f64 = 8.0;

/// The fewest pairs of steps that say anything.
const PAIRS: u32 = 10;

pub(super) fn describe(walk: &[At<'_>], points: &[Point], features: &mut Features) {
    tells(walk, features);
    times(points, features);
    path(walk, features);
    features.set_known(Feature::PointerRepeats, repeats(points));
}

fn tells(walk: &[At<'_>], features: &mut Features) {
    let (mut coalesced, mut agreement) = (Spread::default(), Share::default());
    for at in walk {
        if let Kind::Move { coalesced: joined, .. } = at.event.kind {
            coalesced.add(joined.into());
            agreement.add(!at.event.disagrees);
        }
    }
    let of_mouse = |at: &&At<'_>| matches!(at.event.kind, Kind::Move { .. } | Kind::Down { .. } | Kind::Up { .. });
    let fractional: Share = walk.iter().filter(of_mouse).map(|at| at.event.fractional).collect();
    features.set_rounded(Feature::PointerEvents, coalesced.count());
    features.set_known(Feature::PointerCoalesced, coalesced.mean().map(|mean| 100.0 * mean));
    features.set_known(Feature::PointerAgreement, agreement.thousandths());
    features.set_known(Feature::PointerFractional, fractional.thousandths());
}

fn times(points: &[Point], features: &mut Features) {
    let (mut interval, mut micro) = (Spread::default(), Share::default());
    for stroke in strokes(points) {
        for (from, to) in pairs(stroke) {
            interval.add(to.time - from.time);
            micro.add(to.time - from.time >= MICRO_PAUSE);
        }
    }
    let rests = pairs(points).map(|(from, to)| to.time - from.time).filter(|rest| *rest >= REST);
    let pauses: Spread = rests.map(|rest| rest.min(LONGEST_PAUSE)).collect();
    features.set_rounded(Feature::PointerTime, interval.sum() / 10.0);
    features.set_known(Feature::PointerInterval, interval.mean().map(|mean| 100.0 * mean));
    features.set_known(Feature::PointerIntervalSpread, interval.relative());
    features.set_known(Feature::PointerMicroPauses, micro.thousandths());
    features.set_rounded(Feature::PointerPauses, pauses.count());
    features.set_known(Feature::PointerPause, pauses.mean());
}

fn path(walk: &[At<'_>], features: &mut Features) {
    let moves: Vec<&At<'_>> = walk.iter().filter(|at| at.is_move()).collect();
    let (mut all, mut jumped) = (0.0, 0.0);
    for (place, at) in moves.iter().enumerate() {
        let length = at.step.length();
        all += length;
        let is_near = |other: Option<&&At<'_>>| other.is_some_and(|other| (other.time - at.time).abs() < APART);
        let before = place.checked_sub(1).and_then(|place| moves.get(place));
        if length >= JUMP && !is_near(before) && !is_near(moves.get(place + 1)) {
            jumped += length;
        }
    }
    features.set_rounded(Feature::PointerPath, all / 10.0);
    features.set_known(Feature::PointerJumps, (all > 0.0).then(|| 1_000.0 * jumped / all));
}

fn repeats(points: &[Point]) -> Option<f64> {
    let mut repeats = Share::default();
    for stroke in strokes(points) {
        let mut last = None;
        for step in pairs(stroke).map(|(from, to)| to.place.minus(from.place)) {
            let Some(before): Option<Place> = last.replace(step) else { continue };
            if before.length() >= REPEATED && step.length() >= REPEATED {
                let change = step.minus(before);
                repeats.add(change.x.abs() <= 1.0 && change.y.abs() <= 1.0);
            }
        }
    }
    repeats.thousandths_of(PAIRS)
}

fn pairs(points: &[Point]) -> impl Iterator<Item = (&Point, &Point)> {
    points.iter().zip(points.iter().skip(1))
}
