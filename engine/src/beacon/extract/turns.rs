//! Which way, and how the way bends.

use super::{
    canonical::{Canonical, RATE},
    motion::SLOW,
    spread::{Correlation, Share, Spread, quantiles},
    walk::Place,
};
use crate::beacon::{Feature, Features};
use alloc::vec::Vec;
use libm::{atan2, log, log2};

/// The shortest step, in pixels, that has a direction.
const DIRECTED: f64 = SLOW / RATE;

/// The smallest turn that has a side, in radians.
const TURN: f64 = 0.01;

/// From how many radians a turn is sharp.
const SHARP: f64 = 0.5;

/// Turns beyond this, in radians, do not weigh more in the memory of turns.
const WIDE: f64 = 1.0;

/// What is added to a turn before its logarithm is taken, in radians: a turn of a 50th cannot be told from none in pixels.
const GRAIN: f64 = 0.02;

/// The fewest turns of which a median or a correlation says something.
const FEW: u32 = 16;

const SECTORS: usize = 16;

#[derive(Default)]
pub(super) struct Turns {
    turn: Spread,
    bend: Spread,
    sharp: Share,
    reversals: Share,
    sectors: [u32; SECTORS],
    memory: Correlation,
    by_speed: Correlation,
    // The bend and the speed of each turn.
    bends: Vec<(f64, f64)>,
}

impl Turns {
    pub(super) fn add(&mut self, stroke: &Canonical) {
        let (mut last, mut last_turn, mut last_side) = (None, None, None);
        for &step in stroke.steps.iter().filter(|step| step.dot(**step) >= DIRECTED * DIRECTED) {
            if let Some(sector) = self.sectors.get_mut(sector(step)) {
                *sector += 1;
            }
            let Some(before): Option<Place> = last.replace(step) else { continue };
            let turn = atan2(before.cross(step), before.dot(step));
            self.turn(turn, RATE * before.length().min(step.length()));
            if let Some(before) = last_turn.replace(turn) {
                self.memory.add(f64::clamp(before, -WIDE, WIDE), turn.clamp(-WIDE, WIDE));
            }
            if turn.abs() < TURN {
                continue;
            }
            let Some(before): Option<f64> = last_side.replace(turn) else { continue };
            self.reversals.add((before > 0.0) != (turn > 0.0));
        }
    }

    fn turn(&mut self, turn: f64, speed: f64) {
        let bend = turn.abs();
        self.turn.add(turn);
        self.bend.add(bend);
        self.sharp.add(bend > SHARP);
        self.by_speed.add(log(speed), log(bend + GRAIN));
        self.bends.push((bend, speed));
    }

    pub(super) fn write(&mut self, features: &mut Features) {
        let thousandths = |ratio: f64| 1_000.0 * ratio;
        features.set_known(Feature::PointerCurvature, self.bend.mean().map(thousandths));
        features.set_known(Feature::PointerCurvatureSpread, self.turn.deviation().map(thousandths));
        features.set_known(Feature::PointerReversals, self.reversals.thousandths());
        features.set_known(Feature::PointerDirections, self.directions().map(thousandths));
        features.set_known(Feature::PointerTurnSharp, self.sharp.thousandths_of(FEW));
        features.set_known(Feature::PointerTurnMemory, self.memory.about_zero(FEW).map(thousandths));
        features.set_known(Feature::PointerTurnSlowing, self.by_speed.about_mean(FEW).map(thousandths));
        let mut bends: Vec<f64> = self.bends.iter().map(|(bend, _)| *bend).collect();
        let median = quantiles(&mut bends, FEW, [0.5]).map(|[median]| thousandths(median));
        features.set_known(Feature::PointerTurnMedian, median);
        self.halves(features);
    }

    /// How the faster half bends, and how the slower one.
    fn halves(&self, features: &mut Features) {
        let mut speeds: Vec<f64> = self.bends.iter().map(|(_, speed)| *speed).collect();
        let Some([middle]) = quantiles(&mut speeds, FEW, [0.5]) else { return };
        let mean = |is_fast: bool| -> Option<f64> {
            let half = self.bends.iter().filter(|(_, speed)| (*speed > middle) == is_fast);
            half.map(|(bend, _)| *bend).collect::<Spread>().mean().map(|mean| 1_000.0 * mean)
        };
        features.set_known(Feature::PointerTurnFast, mean(true));
        features.set_known(Feature::PointerTurnSlow, mean(false));
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
