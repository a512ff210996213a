//! From labelled rows to a compiled model.

pub(crate) mod catboost;
pub(crate) mod data;
mod differ;
mod fit;
mod golden;
mod isotonic;
mod matrix;
mod origin;
mod split;
#[cfg(test)]
mod tests;
mod texts;
mod weights;

pub(crate) use catboost::python;
pub(crate) use data::{Counts, Data, Row, Seen};
pub(crate) use fit::{Fitted, bin, fit, score};
pub(crate) use golden::golden;
pub(crate) use origin::{ORIGIN, differs, origin};
pub(crate) use split::{Part, split};
pub(crate) use weights::weights;
