//! One rate for all, whatever the mouse's: every stroke is sampled anew at 60 Hz, on straight lines between its moves, so
//! that an instrument's rate does not become the label of who used it.

use super::{strokes::Point, walk::Place};
use alloc::vec::Vec;

/// Canonical samples a second.
pub(super) const RATE: f64 = 60.0;
const PERIOD: f64 = 1_000.0 / RATE;

/// A stroke, sampled.
#[derive(Debug, Default)]
pub(super) struct Canonical {
    /// The steps between samples, in pixels.
    pub(super) steps: Vec<Place>,
    /// Their speeds, in pixels a second.
    pub(super) speeds: Vec<f64>,
}

impl Canonical {
    /// Takes this stroke in place of the one before.
    pub(super) fn sample(&mut self, stroke: &[Point]) {
        self.steps.clear();
        self.speeds.clear();
        let Some((first, rest)) = stroke.split_first() else { return };
        let (mut from, mut last, mut due) = (first, first.place, first.time + PERIOD);
        for to in rest {
            // INVARIANT: a stroke has no rest of 200 ms, so that this makes at most 12 samples of each move.
            while due <= to.time {
                let share = (due - from.time) / (to.time - from.time);
                let way = to.place.minus(from.place);
                let sample = Place { x: from.place.x + share * way.x, y: from.place.y + share * way.y };
                self.steps.push(sample.minus(last));
                last = sample;
                due += PERIOD;
            }
            from = to;
        }
        self.speeds.extend(self.steps.iter().map(|step| step.length() * RATE));
    }
}
