//! What is computed of events: each feature is a signal of the same name.

use crate::fact::Fact;

/// Every feature, in the order of [`Features`].
pub const FEATURES: &[Feature] = &[Feature::PointerEvents];

/// One feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Feature {
    /// `pointer.events`
    PointerEvents,
}

/// The value of every feature: whole numbers in the unit of each, absent where nothing was observed to compute it of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Features([u16; FEATURES.len()]);

/// No value.
const MISSING: u16 = u16::MAX;

impl Default for Features {
    fn default() -> Self {
        Self([MISSING; FEATURES.len()])
    }
}

impl Features {
    /// The value of a feature.
    pub fn get(&self, feature: Feature) -> Fact<u16> {
        let place = FEATURES.iter().position(|known| *known == feature);
        let value = place.and_then(|place| self.0.get(place)).copied();
        Fact::from_option(value.filter(|value| *value != MISSING))
    }

    /// Sets the value of a feature; the largest is 65,534.
    pub fn set(&mut self, feature: Feature, value: u16) {
        let place = FEATURES.iter().position(|known| *known == feature);
        if let Some(slot) = place.and_then(|place| self.0.get_mut(place)) {
            *slot = value.min(MISSING - 1);
        }
    }
}
