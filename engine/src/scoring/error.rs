//! Why the models of a policy cannot be used.

use super::MAX_MODELS;
use crate::model::ModelError;
use alloc::string::String;
use core::fmt;

/// Why the models of a policy cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScoringError {
    /// Their list does not decode.
    Malformed,
    /// There are more than [`MAX_MODELS`].
    TooMany {
        /// How many.
        models: usize,
    },
    /// Two slots have one name.
    Twice {
        /// The name.
        slot: String,
    },
    /// A model is worth more than its layer.
    Points {
        /// Its slot.
        slot: String,
    },
    /// A model of another layer than behaviour looks at what pages report.
    Reported {
        /// Its slot.
        slot: String,
        /// The signal.
        signal: &'static str,
    },
    /// A model's file is refused.
    Model {
        /// Its slot.
        slot: String,
        /// Why.
        error: ModelError,
    },
}

impl fmt::Display for ScoringError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("the bundle's models do not decode: build it again for this host"),
            Self::TooMany { models } => {
                write!(f, "the bundle has {models} models, and {MAX_MODELS} is the most: build it again")
            }
            Self::Twice { slot } => write!(f, "two models of the bundle are called `{slot}`: build it again"),
            Self::Points { slot } => write!(f, "model `{slot}` is worth more than 100 points: build the bundle again"),
            Self::Reported { slot, signal } => write!(
                f,
                "model `{slot}` looks at `{signal}`, which a page reports, and is not of the behaviour layer: what pages \
                 report never speaks for their clients"
            ),
            Self::Model { slot, error } => write!(f, "model `{slot}`: {error}"),
        }
    }
}

impl core::error::Error for ScoringError {}
