//! The course of long strokes: where they are fastest, how they begin and end, and how much one differs from the next.

use super::{
    canonical::Canonical,
    spread::{Correlation, Share, Spread},
};
use crate::beacon::{Feature, Features};

/// The share of a stroke's highest speed below which it has all but stopped, and by which a peak stands out.
const FIFTH: f64 = 0.2;

/// How many canonical steps are the beginning of a stroke, and how many its end.
const ENDS: usize = 2;

/// The fewest canonical steps whose course can be compared with another.
const COURSE: u32 = 5;

#[derive(Default)]
pub(super) struct Profile {
    peak: Spread,
    submovements: Spread,
    start: Spread,
    end: Spread,
    settling: Spread,
    bell: Spread,
}

impl Profile {
    pub(super) fn add(&mut self, stroke: &Canonical) {
        let speeds = &stroke.speeds[..];
        let fastest = speeds.iter().copied().fold(0.0, f64::max);
        let Some(at) = speeds.iter().position(|speed| *speed >= fastest) else { return };
        self.peak.add((at as f64 + 0.5) / speeds.len() as f64);
        self.submovements.add(submovements(speeds, fastest));
        if fastest <= 0.0 {
            return;
        }
        let mean = |part: &[f64]| part.iter().copied().collect::<Spread>().mean();
        let (first, last) = (speeds.get(..ENDS), speeds.len().checked_sub(ENDS).and_then(|from| speeds.get(from..)));
        for (course, part) in [(&mut self.start, first), (&mut self.end, last)] {
            part.and_then(mean).into_iter().for_each(|mean| course.add(mean / fastest));
        }
        let after = speeds.iter().skip(at);
        let settling: Share = after.map(|speed| *speed < FIFTH * fastest).collect();
        settling.thousandths().into_iter().for_each(|share| self.settling.add(share));
        bell(speeds).into_iter().for_each(|likeness| self.bell.add(likeness));
    }

    pub(super) fn write(&self, features: &mut Features) {
        let thousandths = |ratio: f64| 1_000.0 * ratio;
        features.set_known(Feature::PointerPeak, self.peak.mean().map(thousandths));
        features.set_known(Feature::PointerSubmovements, self.submovements.mean().map(|mean| 100.0 * mean));
        features.set_known(Feature::PointerStart, self.start.mean().map(thousandths));
        features.set_known(Feature::PointerEnd, self.end.mean().map(thousandths));
        features.set_known(Feature::PointerSettling, self.settling.mean());
        features.set_known(Feature::PointerBell, self.bell.mean().map(thousandths));
        // Of one stroke it is 0: a window pools it with those of later batches.
        let variety = |of: &Spread| of.mean().map(|_| thousandths(of.deviation().unwrap_or(0.0)));
        features.set_known(Feature::PointerPeakSpread, variety(&self.peak));
        features.set_known(Feature::PointerStartSpread, variety(&self.start));
        features.set_known(Feature::PointerEndSpread, variety(&self.end));
        features.set_known(Feature::PointerBellSpread, variety(&self.bell));
    }
}

/// How often a stroke gathers speed.
fn submovements(speeds: &[f64], fastest: f64) -> f64 {
    let (mut peaks, mut valley, mut top, mut rising) = (0.0, 0.0_f64, 0.0_f64, false);
    for &speed in speeds {
        if rising {
            top = top.max(speed);
            if speed < top - FIFTH * fastest {
                (rising, valley) = (false, speed);
            }
        } else {
            valley = valley.min(speed);
            if speed > valley + FIFTH * fastest {
                (rising, top) = (true, speed);
                peaks += 1.0;
            }
        }
    }
    peaks
}

/// How like the speeds are to those of minimum jerk, t²(1 − t)²: 1 the same, a half not at all.
///
/// Flash and Hogan, "The coordination of arm movements", Journal of Neuroscience 5 (1985), 1688–1703.
fn bell(speeds: &[f64]) -> Option<f64> {
    let (mut likeness, parts) = (Correlation::default(), speeds.len() as f64 + 1.0);
    for (place, &speed) in speeds.iter().enumerate() {
        let time = (place as f64 + 1.0) / parts;
        let rest = 1.0 - time;
        likeness.add(speed, time * time * rest * rest);
    }
    likeness.about_mean(COURSE)
}
