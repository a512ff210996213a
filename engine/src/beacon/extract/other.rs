//! Keys, wheel and touch.

use super::{
    spread::{Share, Spread},
    walk::{At, Place},
};
use crate::beacon::{Feature, Features, Kind};

/// The longest time from key to key that is typing, in milliseconds.
const FLIGHT: f64 = 1_000.0;

/// The shortest swipe that has an arc, in pixels.
const SWIPE: f64 = 30.0;

pub(super) fn keys(walk: &[At<'_>], features: &mut Features) {
    let (mut dwell, mut flight, mut last) = (Spread::default(), Spread::default(), None);
    for at in walk {
        let Kind::Key { dwell: down } = at.event.kind else { continue };
        dwell.add(down.into());
        let Some(before): Option<f64> = last.replace(at.time) else { continue };
        if at.time - before < FLIGHT {
            flight.add(at.time - before);
        }
    }
    features.set_rounded(Feature::KeyEvents, dwell.count());
    features.set_known(Feature::KeyDwell, dwell.mean());
    features.set_known(Feature::KeyDwellSpread, dwell.relative());
    features.set_known(Feature::KeyFlight, flight.mean());
    features.set_known(Feature::KeyFlightSpread, flight.relative());
}

pub(super) fn wheel(walk: &[At<'_>], features: &mut Features) {
    let (mut size, mut reversals, mut last) = (Spread::default(), Share::default(), None);
    for at in walk {
        let Kind::Wheel { delta, .. } = at.event.kind else { continue };
        size.add(f64::from(delta).abs());
        if let Some(before) = last.replace(delta.signum()) {
            reversals.add(before * delta.signum() < 0);
        }
    }
    features.set_rounded(Feature::WheelEvents, size.count());
    features.set_known(Feature::WheelDelta, size.mean());
    features.set_known(Feature::WheelDeltaSpread, size.relative());
    features.set_known(Feature::WheelReversals, reversals.thousandths());
}

pub(super) fn touch(walk: &[At<'_>], features: &mut Features) {
    let (mut radius, mut pressure, mut events) = (Spread::default(), Spread::default(), 0.0);
    for at in walk {
        match at.event.kind {
            Kind::TouchStart(touch) | Kind::TouchMove(touch) => {
                radius.add(25.0 * f64::from(touch.radius));
                pressure.add(1_000.0 * f64::from(touch.pressure) / 255.0);
            }
            Kind::TouchEnd(_) => {}
            _ => continue,
        }
        events += 1.0;
    }
    features.set_rounded(Feature::TouchEvents, events);
    features.set_known(Feature::TouchRadiusSpread, radius.deviation());
    features.set_known(Feature::TouchPressureSpread, pressure.deviation());
    features.set_known(Feature::TouchArc, arc(walk).mean().map(|mean| 1_000.0 * mean));
}

/// The arcs of swipes: their largest distance from their chord over it.
fn arc(walk: &[At<'_>]) -> Spread {
    let starts = walk.chunk_by(|_, next| !matches!(next.event.kind, Kind::TouchStart(_)));
    starts.filter_map(bow).collect()
}

fn bow(events: &[At<'_>]) -> Option<f64> {
    let moves = || events.iter().filter(|at| matches!(at.event.kind, Kind::TouchStart(_) | Kind::TouchMove(_)));
    let (first, last) = (moves().next()?.place, moves().next_back()?.place);
    let way: Place = last.minus(first);
    let length = way.length();
    let farthest = moves().map(|at| way.cross(at.place.minus(first)).abs() / length).fold(0.0, f64::max);
    (length >= SWIPE).then(|| farthest / length)
}
