//! Strokes: moves without a click or a rest between them.

use super::{
    spread::{Share, Spread},
    walk::{At, Place},
};
use crate::beacon::{Event, Feature, Features, Kind};
use alloc::vec::Vec;

/// A rest of this many milliseconds ends a stroke.
pub(super) const REST: f64 = 200.0;

/// From how many pixels between its ends, and from how many moves, a stroke is long.
const LONG: f64 = 50.0;
const MOVES: usize = 4;

/// How many events fill a batch: the script sends it then, whatever the pointer does (docs/beacon.md).
const FULL: usize = 256;

/// Where the pointer was, and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point {
    pub(super) time: f64,
    pub(super) place: Place,
    // Whether a stroke begins here.
    begins: bool,
}

/// The moves of a walk, as points.
pub(super) fn points(walk: &[At<'_>]) -> Vec<Point> {
    let (mut points, mut last, mut clicked) = (Vec::with_capacity(walk.len()), None, false);
    for at in walk {
        if at.is_move() {
            let rested = last.is_none_or(|last| at.time - last >= REST);
            points.push(Point { time: at.time, place: at.place, begins: clicked || rested });
            (last, clicked) = (Some(at.time), false);
        } else if at.event.kind.step().is_some() {
            clicked = true;
        }
    }
    points
}

/// The strokes that points make.
pub(super) fn strokes(points: &[Point]) -> impl Iterator<Item = &[Point]> {
    points.chunk_by(|_, next| !next.begins)
}

/// The points without those of a stroke that the batch before began, and of one that a full batch cuts off.
pub(super) fn whole<'p>(events: &[Event], points: &'p [Point]) -> &'p [Point] {
    let goes_on = events.first().is_some_and(|first| {
        let moves = matches!(first.kind, Kind::Move { .. });
        moves && first.after > 0 && f64::from(first.after) < REST
    });
    let first = strokes(points).next().filter(|_| goes_on).map_or(0, <[Point]>::len);
    let is_cut = events.len() >= FULL && events.last().is_some_and(|last| matches!(last.kind, Kind::Move { .. }));
    let last = strokes(points).last().filter(|_| is_cut).map_or(0, <[Point]>::len);
    points.get(first..points.len().saturating_sub(last)).unwrap_or_default()
}

pub(super) fn describe(points: &[Point], features: &mut Features) {
    let (mut straight, mut overshoot, mut straightness) = (Share::default(), Share::default(), Spread::default());
    let mut bow = Spread::default();
    for stroke in strokes(points) {
        let Some(chord) = chord(stroke) else { continue };
        straight.add(stroke.iter().all(|point| chord.distance(point) <= 1.0));
        overshoot.add(stroke.iter().any(|point| chord.along(point) >= chord.length + 3.0));
        straightness.add(chord.length / path(stroke).max(chord.length));
        bow.add(stroke.iter().map(|point| chord.distance(point)).fold(0.0, f64::max) / chord.length);
    }
    features.set_rounded(Feature::PointerStrokes, straightness.count());
    features.set_known(Feature::PointerStraight, straight.thousandths());
    features.set_known(Feature::PointerOvershoot, overshoot.thousandths());
    features.set_known(Feature::PointerStraightness, straightness.mean().map(|mean| 1_000.0 * mean));
    let variety = straightness.mean().map(|_| straightness.deviation().unwrap_or(0.0));
    features.set_known(Feature::PointerStraightnessSpread, variety.map(|spread| 1_000.0 * spread));
    features.set_known(Feature::PointerBow, bow.mean().map(|mean| 1_000.0 * mean));
}

/// The way between the ends of a long stroke.
pub(super) struct Chord {
    from: Place,
    way: Place,
    length: f64,
}

/// The chord of a stroke, if it is a long one.
pub(super) fn chord(stroke: &[Point]) -> Option<Chord> {
    let (first, last) = (stroke.first()?, stroke.last()?);
    let way = last.place.minus(first.place);
    let chord = Chord { from: first.place, way, length: way.length() };
    (stroke.len() >= MOVES && chord.length >= LONG).then_some(chord)
}

impl Chord {
    fn distance(&self, point: &Point) -> f64 {
        (self.way.cross(point.place.minus(self.from)) / self.length).abs()
    }

    fn along(&self, point: &Point) -> f64 {
        self.way.dot(point.place.minus(self.from)) / self.length
    }
}

fn path(stroke: &[Point]) -> f64 {
    let steps = stroke.iter().zip(stroke.iter().skip(1));
    steps.map(|(from, to)| to.place.minus(from.place).length()).sum()
}
