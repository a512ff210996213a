//! What models look at, as records hold it for training.

use crate::{
    model::Cell,
    signals::{Scene, Signal},
};
use alloc::vec::Vec;

/// A signal that a model looks at, and what it read: as rows of training have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature {
    /// The name of the signal.
    pub signal: &'static str,
    /// What it read.
    pub value: FeatureValue,
}

/// What a signal read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeatureValue {
    /// A number, clamped to 0 to 65,535, or a truth as 0 or 1.
    Number(u16),
    /// A text.
    Text(Vec<u8>),
}

impl Feature {
    /// What a signal reads of a request; none where it reads nothing.
    pub(super) fn of(signal: &'static Signal, scene: &Scene<'_>) -> Option<Self> {
        let value = match Cell::of((signal.read)(scene))? {
            Cell::Number(number) => FeatureValue::Number(number),
            Cell::Text(text) => FeatureValue::Text(text.into()),
        };
        Some(Self { signal: signal.name, value })
    }
}
