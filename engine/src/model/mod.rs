//! Models: gradient-boosted oblivious trees over signals, in whole numbers, so that every host scores to the bit the same.

mod parts;

pub use parts::{
    Bins, Calibration, Input, MAX_BINS, MAX_CATEGORIES, MAX_DEPTH, MAX_INPUTS, MAX_TREES, MISSING, Parts, STEPS,
    Shapley, Split, Tree,
};
