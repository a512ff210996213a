use crate::beacon::{Event, Kind};
use alloc::vec::Vec;

/// An event with the time and place that it happened at, both counted from the first event.
#[derive(Clone, Copy, Debug)]
pub(super) struct At<'a> {
    /// In milliseconds.
    pub(super) time: f64,
    pub(super) place: Place,
    /// What led here from the place before it in the walk.
    pub(super) step: Place,
    pub(super) event: &'a Event,
}

/// A place, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Place {
    pub(super) x: f64,
    pub(super) y: f64,
}

impl Place {
    pub(super) fn minus(self, other: Self) -> Self {
        Self { x: self.x - other.x, y: self.y - other.y }
    }

    pub(super) fn dot(self, other: Self) -> f64 {
        self.x * other.x + self.y * other.y
    }

    /// Positive where `other` points to the right of this, as the screen shows it.
    pub(super) fn cross(self, other: Self) -> f64 {
        self.x * other.y - self.y * other.x
    }

    pub(super) fn length(self) -> f64 {
        libm::sqrt(self.dot(self))
    }
}

impl At<'_> {
    pub(super) fn is_move(&self) -> bool {
        matches!(self.event.kind, Kind::Move { .. })
    }
}

/// What a user did: an event that the page made up passes time and moves the place that the next one counts from, and says
/// nothing else.
pub(super) fn walk(events: &[Event]) -> Vec<At<'_>> {
    let (mut time, mut place, mut last, mut first) = (0.0, Place::default(), None, true);
    let walked = events.iter().filter_map(|event| {
        if !core::mem::take(&mut first) {
            time += f64::from(event.after);
        }
        let before = place;
        if let Some((dx, dy)) = event.kind.step() {
            place = Place { x: place.x + f64::from(dx), y: place.y + f64::from(dy) };
        }
        if event.untrusted {
            return None;
        }
        let step = place.minus(last.replace(place).unwrap_or(before));
        Some(At { time, place, step, event })
    });
    walked.collect()
}
