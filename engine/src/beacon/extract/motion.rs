//! How fast, and how the speed changes.

use super::{
    canonical::{Canonical, RATE},
    spread::{Correlation, Share, Spread, quantiles},
};
use crate::beacon::{Feature, Features};
use alloc::vec::Vec;

/// Below this speed, in pixels a second, a pointer hardly moves, and its direction is that of whole pixels.
pub(super) const SLOW: f64 = 60.0;

/// How much of its speed a change takes that is hardly one.
const SMOOTH: f64 = 0.1;

/// The fewest numbers of which quantiles and correlations say something.
const FEW: u32 = 24;

#[derive(Default)]
pub(super) struct Motion {
    speed: Spread,
    fastest: f64,
    slow: Share,
    fast: Vec<f64>,
    change: Spread,
    changes: Vec<f64>,
    relative: Vec<f64>,
    smooth: Share,
    jerk: Spread,
    runs: Share,
    memory: Correlation,
}

impl Motion {
    pub(super) fn add(&mut self, stroke: &Canonical) {
        let (mut speed, mut change) = (None, None);
        for &now in &stroke.speeds {
            self.speed(now);
            let Some(before) = speed.replace(now) else { continue };
            let changed = now - before;
            self.change(changed, (now + before) / 2.0);
            let Some(before) = change.replace(changed) else { continue };
            self.jerk.add((changed - before).abs());
            self.runs.add((changed > 0.0) == (before > 0.0));
            self.memory.add(before, changed);
        }
    }

    fn speed(&mut self, speed: f64) {
        self.speed.add(speed);
        self.fastest = self.fastest.max(speed);
        self.slow.add(speed < SLOW);
        if speed >= SLOW {
            self.fast.push(speed);
        }
    }

    fn change(&mut self, changed: f64, about: f64) {
        let size = changed.abs();
        self.change.add(size);
        self.changes.push(size);
        if about > 0.0 {
            self.relative.push(size / about);
            self.smooth.add(size < SMOOTH * about);
        }
    }

    pub(super) fn write(&mut self, features: &mut Features) {
        let thousandths = |ratio: f64| 1_000.0 * ratio;
        features.set_known(Feature::PointerSpeed, self.speed.mean());
        features.set_known(Feature::PointerSpeedMax, self.speed.mean().map(|_| self.fastest));
        features.set_known(Feature::PointerSpeedSpread, self.speed.relative());
        features.set_known(Feature::PointerAcceleration, self.change.mean().map(|change| change * RATE / 10.0));
        features.set_known(Feature::PointerJerk, self.jerkiness().map(thousandths));
        features.set_known(Feature::PointerSlow, self.slow.thousandths());
        features.set_known(Feature::PointerSmooth, self.smooth.thousandths_of(FEW));
        features.set_known(Feature::PointerChangeRuns, self.runs.thousandths_of(FEW));
        features.set_known(Feature::PointerChangeMemory, self.memory.about_zero(FEW).map(thousandths));
        features.set_known(Feature::PointerChangeShape, self.shape().map(thousandths));
        self.quantiles(features);
    }

    fn quantiles(&mut self, features: &mut Features) {
        let thousandths = |ratio: f64| 1_000.0 * ratio;
        if let Some([low, middle, high]) = quantiles(&mut self.fast, FEW, [0.1, 0.5, 0.9]) {
            features.set_rounded(Feature::PointerSpeedLow, thousandths(low / middle));
            features.set_rounded(Feature::PointerSpeedHigh, thousandths(high / middle));
        }
        let mean = self.change.mean().filter(|mean| *mean > 0.0);
        let changed = quantiles(&mut self.changes, FEW, [0.5]).zip(mean);
        features.set_known(Feature::PointerChangeMedian, changed.map(|([median], mean)| thousandths(median / mean)));
        let relative = quantiles(&mut self.relative, FEW, [0.5]);
        features.set_known(Feature::PointerChangeRelative, relative.map(|[median]| thousandths(median)));
    }

    fn jerkiness(&self) -> Option<f64> {
        let change = self.change.mean().filter(|change| *change > 0.0)?;
        self.jerk.mean().map(|jerk| jerk / change)
    }

    /// The mean size of a change over the root of its mean square: 1 where all are alike, little where a few are large.
    fn shape(&self) -> Option<f64> {
        let enough = self.change.count() >= f64::from(FEW);
        let root = self.change.root_mean_square().filter(|root| enough && *root > 0.0)?;
        self.change.mean().map(|mean| mean / root)
    }
}
