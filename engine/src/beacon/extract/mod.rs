//! From the events of one flush to its features.

mod click;
mod motion;
mod other;
mod pointer;
mod spread;
mod strokes;
mod walk;

use super::{Batch, Event, Feature, Features, Kind};
use spread::Share;

impl Batch {
    /// The features of this flush alone: total over any events, in time linear in their number.
    pub fn features(&self) -> Features {
        let mut features = Features::default();
        let walk = walk::walk(&self.events);
        let points = strokes::points(&walk);
        features.set(Feature::BeaconEnvironment, self.environment.0);
        features.set_rounded(Feature::BeaconTime, walk.last().map_or(0.0, |last| last.time / 10.0));
        page(&self.events, &mut features);
        pointer::describe(&walk, &points, &mut features);
        strokes::describe(&points, &mut features);
        motion::describe(&points, &mut features);
        click::describe(&walk, &mut features);
        other::keys(&walk, &mut features);
        other::wheel(&walk, &mut features);
        other::touch(&walk, &mut features);
        features
    }
}

/// What is of no device.
fn page(events: &[Event], features: &mut Features) {
    let untrusted: Share = events.iter().map(|event| event.untrusted).collect();
    let (mut hidden, mut input, mut presses) = (false, 0.0, 0.0);
    for event in events {
        match event.kind {
            Kind::Hidden => hidden = true,
            Kind::Shown => hidden = false,
            Kind::Press => presses += 1.0,
            Kind::Focus | Kind::Blur | Kind::Navigated => {}
            _ => input += if hidden { 1.0 } else { 0.0 },
        }
    }
    features.set_rounded(Feature::BeaconEvents, events.len() as f64);
    features.set_known(Feature::BeaconUntrusted, untrusted.thousandths());
    features.set_rounded(Feature::BeaconHiddenInput, input);
    features.set_rounded(Feature::BeaconPresses, presses);
}

#[cfg(test)]
mod tests;
