//! Models: gradient-boosted oblivious trees over signals, in whole numbers, so that every host scores to the bit the same.

mod binner;
mod check;
pub mod drift;
mod error;
mod file;
mod forest;
#[expect(clippy::module_inception, reason = "what is called `Model` stands in `model.rs`")]
mod model;
mod opinions;
mod parts;
#[cfg(any(target_os = "none", test))]
mod plain;
mod reasons;
pub mod reference;
mod row;
#[cfg(not(target_os = "none"))]
mod vector;
#[cfg(target_os = "none")]
use plain as vector;

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;

pub use error::{InputFault, ModelError, TreeFault};
pub use file::{FORMAT, MAX_BYTES, read, write};
pub use model::{Binned, Model, Row, Score, UNFIT};
pub use opinions::Opinions;
pub use parts::{
    Bins, Calibration, Input, MAX_BINS, MAX_CATEGORIES, MAX_DEPTH, MAX_INPUTS, MAX_TEXT, MAX_TREES, MISSING, Parts,
    STEPS, Shapley, Split, Tree,
};
pub use reasons::{Contributions, MAX_REASONS, Top};
pub use row::Cell;
