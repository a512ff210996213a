//! From the events of one flush to its features.

mod canonical;
mod click;
mod motion;
mod other;
mod pointer;
mod profile;
mod spread;
mod strokes;
mod turns;
mod walk;

use super::{Batch, Event, Feature, Features, Kind};
use canonical::Canonical;
use motion::Motion;
use profile::Profile;
use spread::Share;
use strokes::Point;
use turns::Turns;

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
        let whole = strokes::whole(&self.events, &points);
        movement(&points, whole, &mut features);
        click::describe(&walk, &mut features);
        other::keys(&walk, &mut features);
        other::wheel(&walk, &mut features);
        other::touch(&walk, &mut features);
        features
    }
}

/// How the pointer moves, stroke by stroke.
fn movement(points: &[Point], whole: &[Point], features: &mut Features) {
    let (mut motion, mut turns, mut profile) = (Motion::default(), Turns::default(), Profile::default());
    let mut canonical = Canonical::default();
    for stroke in strokes::strokes(points) {
        canonical.sample(stroke);
        motion.add(&canonical);
        turns.add(&canonical);
    }
    for stroke in strokes::strokes(whole).filter(|stroke| strokes::chord(stroke).is_some()) {
        canonical.sample(stroke);
        profile.add(&canonical);
    }
    motion.write(features);
    turns.write(features);
    profile.write(features);
}

/// The fewest inputs of which a share of made-up ones says something.
const MADE_UP: u32 = 5;

/// What is of no device.
fn page(events: &[Event], features: &mut Features) {
    let (mut hidden, mut input, mut presses, mut untrusted) = (begins_hidden(events), 0.0, 0.0, Share::default());
    for event in events {
        match event.kind {
            Kind::Hidden => hidden = true,
            Kind::Shown => hidden = false,
            // A page that clicks its own buttons is no user, and no tool that passes for one.
            Kind::Press => presses += if event.untrusted { 0.0 } else { 1.0 },
            Kind::Focus | Kind::Blur | Kind::Navigated => {}
            _ => {
                untrusted.add(event.untrusted);
                input += if hidden && !event.untrusted { 1.0 } else { 0.0 };
            }
        }
    }
    features.set_rounded(Feature::BeaconEvents, events.len() as f64);
    features.set_known(Feature::BeaconUntrusted, untrusted.thousandths_of(MADE_UP));
    features.set_rounded(Feature::BeaconHiddenInput, input);
    features.set_rounded(Feature::BeaconPresses, presses);
}

/// A page is flushed when it is hidden: the next batch was, too, until it says that the page was shown.
fn begins_hidden(events: &[Event]) -> bool {
    let mut turns = events.iter().filter(|event| matches!(event.kind, Kind::Hidden | Kind::Shown));
    turns.next().is_some_and(|turn| turn.kind == Kind::Shown)
}

#[cfg(test)]
mod tests;
