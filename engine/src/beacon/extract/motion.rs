//! Speed and direction, at one rate whatever the mouse's: every stroke is sampled anew at 60 Hz, on straight lines between
//! its moves, so that an instrument's rate does not become the label of who used it.

use super::{
    spread::{Share, Spread},
    strokes::{Point, chord, strokes},
    walk::Place,
};
use crate::beacon::{Feature, Features};
use alloc::vec::Vec;
use libm::{atan2, log2};

/// Canonical samples a second.
const RATE: f64 = 60.0;
const PERIOD: f64 = 1_000.0 / RATE;

/// The shortest step, in pixels, that has a direction.
const DIRECTED: f64 = 1.0;

/// The smallest turn that has a side, in radians.
const TURN: f64 = 0.01;

const SECTORS: usize = 16;

#[derive(Default)]
struct Motion {
    speed: Spread,
    fastest: f64,
    change: Spread,
    jerk: Spread,
    turn: Spread,
    bend: Spread,
    reversals: Share,
    sectors: [u32; SECTORS],
    peak: Spread,
    submovements: Spread,
}

pub(super) fn describe(points: &[Point], features: &mut Features) {
    let (mut motion, mut steps, mut speeds) = (Motion::default(), Vec::new(), Vec::new());
    for stroke in strokes(points) {
        resample(stroke, &mut steps);
        speeds.clear();
        speeds.extend(steps.iter().map(|step| step.length() * RATE));
        motion.speeds(&speeds);
        motion.turns(&steps);
        if chord(stroke).is_some() {
            motion.profile(&speeds);
        }
    }
    motion.write(features);
}

/// The steps between canonical samples of a stroke.
fn resample(stroke: &[Point], steps: &mut Vec<Place>) {
    steps.clear();
    let Some((first, rest)) = stroke.split_first() else { return };
    let (mut from, mut last, mut due) = (first, first.place, first.time + PERIOD);
    for to in rest {
        // INVARIANT: a stroke has no rest of 200 ms, so that this makes at most 12 samples of each move.
        while due <= to.time {
            let share = (due - from.time) / (to.time - from.time);
            let way = to.place.minus(from.place);
            let sample = Place { x: from.place.x + share * way.x, y: from.place.y + share * way.y };
            steps.push(sample.minus(last));
            last = sample;
            due += PERIOD;
        }
        from = to;
    }
}

impl Motion {
    fn speeds(&mut self, speeds: &[f64]) {
        let (mut speed, mut change) = (None, None);
        for &now in speeds {
            self.speed.add(now);
            self.fastest = self.fastest.max(now);
            let Some(before) = speed.replace(now) else { continue };
            let changed: f64 = now - before;
            self.change.add(changed.abs());
            let Some(before) = change.replace(changed) else { continue };
            self.jerk.add((changed - before).abs());
        }
    }

    fn turns(&mut self, steps: &[Place]) {
        let (mut last, mut last_turn) = (None, None);
        for &step in steps.iter().filter(|step| step.dot(**step) >= DIRECTED * DIRECTED) {
            if let Some(sector) = self.sectors.get_mut(sector(step)) {
                *sector += 1;
            }
            let Some(before): Option<Place> = last.replace(step) else { continue };
            let turn = atan2(before.cross(step), before.dot(step));
            self.turn.add(turn);
            self.bend.add(turn.abs());
            if turn.abs() < TURN {
                continue;
            }
            let Some(before) = last_turn.replace(turn) else { continue };
            self.reversals.add((before > 0.0) != (turn > 0.0));
        }
    }

    /// Where a long stroke is fastest, and how often it gathers speed.
    fn profile(&mut self, speeds: &[f64]) {
        let fastest = speeds.iter().copied().fold(0.0, f64::max);
        let Some(at) = speeds.iter().position(|speed| *speed >= fastest) else { return };
        let middle = at as f64 + 0.5;
        self.peak.add(middle / speeds.len() as f64);
        let (mut peaks, mut valley, mut top, mut rising) = (0.0, 0.0_f64, 0.0_f64, false);
        for &speed in speeds {
            if rising {
                top = top.max(speed);
                if speed < top - fastest / 5.0 {
                    (rising, valley) = (false, speed);
                }
            } else {
                valley = valley.min(speed);
                if speed > valley + fastest / 5.0 {
                    (rising, top) = (true, speed);
                    peaks += 1.0;
                }
            }
        }
        self.submovements.add(peaks);
    }

    fn write(&self, features: &mut Features) {
        let thousandths = |ratio: f64| 1_000.0 * ratio;
        features.set_known(Feature::PointerSpeed, self.speed.mean());
        features.set_known(Feature::PointerSpeedMax, self.speed.mean().map(|_| self.fastest));
        features.set_known(Feature::PointerSpeedSpread, self.speed.relative());
        features.set_known(Feature::PointerAcceleration, self.change.mean().map(|change| change * RATE / 10.0));
        features.set_known(Feature::PointerJerk, self.jerkiness().map(thousandths));
        features.set_known(Feature::PointerCurvature, self.bend.mean().map(thousandths));
        features.set_known(Feature::PointerCurvatureSpread, self.turn.deviation().map(thousandths));
        features.set_known(Feature::PointerReversals, self.reversals.thousandths());
        features.set_known(Feature::PointerDirections, self.directions().map(thousandths));
        features.set_known(Feature::PointerPeak, self.peak.mean().map(thousandths));
        features.set_known(Feature::PointerSubmovements, self.submovements.mean().map(|mean| 100.0 * mean));
    }

    fn jerkiness(&self) -> Option<f64> {
        let change = self.change.mean().filter(|change| *change > 0.0)?;
        self.jerk.mean().map(|jerk| jerk / change)
    }

    /// The entropy of the directions over the most that it can be.
    fn directions(&self) -> Option<f64> {
        let all: f64 = self.sectors.iter().map(|&count| f64::from(count)).sum();
        let shares = self.sectors.iter().filter(|count| **count > 0).map(|&count| f64::from(count) / all);
        let entropy: f64 = shares.map(|share| -share * log2(share)).sum();
        (all > 0.0).then(|| entropy / log2(SECTORS as f64))
    }
}

fn sector(step: Place) -> usize {
    let turns = atan2(step.y, step.x) / core::f64::consts::TAU + 0.5;
    // INVARIANT: `as` saturates; half a turn to the left is sector 16, which is sector 0.
    (turns * SECTORS as f64) as usize % SECTORS
}
