//! From the events of one flush to its features.

use super::{Batch, Feature, Features};

impl Batch {
    /// The features of this flush alone: total over any events, in time linear in their number.
    pub fn features(&self) -> Features {
        let mut features = Features::default();
        features.set(Feature::BeaconEnvironment, self.environment.0);
        features.set_rounded(Feature::BeaconEvents, self.events.len() as f64);
        let untrusted = self.events.iter().filter(|event| event.untrusted).count();
        let share = (!self.events.is_empty()).then(|| 1_000.0 * untrusted as f64 / self.events.len() as f64);
        features.set_known(Feature::BeaconUntrusted, share);
        features
    }
}
