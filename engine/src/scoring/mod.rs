//! The models of a policy: which of them counts for a client, and what each says of a request.
//!
//! Of each layer at most one model is in force for a request, of those that have observed enough to say something: the first
//! canary that holds for its client, or else the first that is in force for everybody. All others that are not off score, too, and are only recorded.

mod error;
mod feature;
mod scored;
mod slot;

pub use error::ScoringError;
pub use feature::{Feature, FeatureValue};
pub use scored::Scored;
pub use slot::{Entry, Slot, reason_id};

use crate::{
    model::Opinions,
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
        let entries = entries(bytes)?;
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
    pub fn score(&self, scene: &Scene<'_>, opinions: &mut Opinions, share: impl FnOnce() -> u16) -> Vec<Scored<'_>> {
        let mut all = Vec::new();
        if self.slots.is_empty() {
            return all;
        }
        all.reserve_exact(self.slots.len());
        let (known, share) = (OnceCell::new(), core::cell::Cell::new(Some(share)));
        let share = || *known.get_or_init(|| share.take().map_or(0, |share| share()));
        for (place, slot) in self.slots.iter().enumerate().filter(|(_, slot)| slot.mode() != Mode::Off) {
            let read = |signal: &'static Signal| (signal.read)(scene);
            if !slot.model().has_enough(read) {
                continue;
            }
            let binned = slot.model().bin(read);
            if let Some((score, known)) = slot.model().recall(&binned, opinions) {
                all.push(Scored { known, ..Scored::new(slot, place, score, binned) });
            }
        }
        for layer in [Layer::Device, Layer::Behaviour, Layer::Context] {
            let counts = in_force(&all, layer, share).and_then(|at| all.get_mut(at));
            counts.into_iter().for_each(|scored| scored.in_force = true);
        }
        all
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

/// The models of a bundle, one after the other: none is read where there are too many.
fn entries(bytes: &[u8]) -> Result<Vec<Entry<'_>>, ScoringError> {
    let (models, mut rest) = postcard::take_from_bytes::<usize>(bytes).map_err(|_| ScoringError::Malformed)?;
    if models > MAX_MODELS {
        return Err(ScoringError::TooMany { models });
    }
    let mut entries = Vec::with_capacity(models);
    for _ in 0..models {
        let (entry, after) = postcard::take_from_bytes(rest).map_err(|_| ScoringError::Malformed)?;
        entries.push(entry);
        rest = after;
    }
    if rest.is_empty() { Ok(entries) } else { Err(ScoringError::Malformed) }
}

/// Which of the models that said something counts in a layer for a client.
fn in_force(all: &[Scored<'_>], layer: Layer, share: impl Fn() -> u16) -> Option<usize> {
    let first = |wanted: &dyn Fn(Mode) -> bool| {
        all.iter().position(|scored| scored.slot.model().layer() == layer && wanted(scored.slot.mode()))
    };
    first(&|mode| matches!(mode, Mode::Canary(part) if share() < part)).or_else(|| first(&|mode| mode == Mode::Enforce))
}
