//! The models of a policy: which of them counts for a client, and what each says of a request.
//!
//! Of each layer at most one model is in force for a client: the first canary that holds for it, or else the first that is in
//! force for everybody. All others that are not off score, too, and are only recorded.

mod error;
mod feature;
mod scored;
mod slot;

pub use error::ScoringError;
pub use feature::{Feature, FeatureValue};
pub use scored::Scored;
pub use slot::{Entry, Slot, reason_id};

use crate::{
    rules::{Layer, Mode},
    signals::{Scene, Signal},
};
use alloc::vec::Vec;
use core::cell::OnceCell;

/// The most models of a policy.
pub const MAX_MODELS: usize = 8;

/// The models of a policy, in its order.
#[derive(Debug, Default)]
pub struct Models {
    // INVARIANT: at most MAX_MODELS.
    slots: Vec<Slot>,
}

impl Models {
    /// Loads what a bundle has of them: a list of [`Entry`] in postcard's format.
    ///
    /// # Errors
    /// Says which model is wrong, and how.
    pub fn load(bytes: &[u8]) -> Result<Self, ScoringError> {
        let entries: Vec<Entry<'_>> = match postcard::take_from_bytes(bytes) {
            Ok((entries, [])) => entries,
            Ok(_) | Err(_) => return Err(ScoringError::Malformed),
        };
        if entries.len() > MAX_MODELS {
            return Err(ScoringError::TooMany { models: entries.len() });
        }
        let slots: Vec<Slot> = entries.iter().map(Slot::load).collect::<Result<_, _>>()?;
        let twice =
            slots.iter().enumerate().find(|(at, slot)| slots.iter().take(*at).any(|known| known.id() == slot.id()));
        match twice {
            Some((_, slot)) => Err(ScoringError::Twice { slot: slot.id().into() }),
            None => Ok(Self { slots }),
        }
    }

    /// The slots, in the order of the policy.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// What the models that are not off say of a request; `share` gives where the client stands among canaries. Nothing of a
    /// model that has not observed enough.
    pub fn score(&self, scene: &Scene<'_>, share: impl FnOnce() -> u16) -> Vec<Scored<'_>> {
        let mut all = Vec::new();
        if self.slots.is_empty() {
            return all;
        }
        all.reserve_exact(self.slots.len());
        let (known, share) = (OnceCell::new(), core::cell::Cell::new(Some(share)));
        let share = || *known.get_or_init(|| share.take().map_or(0, |share| share()));
        for (place, slot) in self.slots.iter().enumerate().filter(|(_, slot)| slot.mode() != Mode::Off) {
            let binned = slot.model().bin(|signal| (signal.read)(scene));
            if let Some(score) = slot.model().score(&binned) {
                let in_force = self.in_force(slot.model().layer(), share) == Some(place);
                all.push(Scored::new(slot, place, score, binned, in_force));
            }
        }
        all
    }

    /// The place of the model that counts in a layer for a client.
    fn in_force(&self, layer: Layer, share: impl Fn() -> u16) -> Option<usize> {
        let first = |wanted: &dyn Fn(Mode) -> bool| {
            self.slots.iter().position(|slot| slot.model().layer() == layer && wanted(slot.mode()))
        };
        first(&|mode| matches!(mode, Mode::Canary(part) if share() < part))
            .or_else(|| first(&|mode| mode == Mode::Enforce))
    }

    /// What the models look at, of a request: what is known of it, each signal once.
    pub fn features(&self, scene: &Scene<'_>) -> Vec<Feature> {
        let mut signals: Vec<&'static Signal> = Vec::new();
        for (signal, _) in self.slots.iter().flat_map(|slot| slot.model().inputs()) {
            if signals.iter().all(|known| known.name != signal.name) {
                signals.push(signal);
            }
        }
        signals.sort_unstable_by_key(|signal| signal.name);
        signals.into_iter().filter_map(|signal| Feature::of(signal, scene)).collect()
    }
}
