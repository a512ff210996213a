//! Models of others: CatBoost's JSON export becomes the parts of a model, or a reason why it does not fit.
//!
//! ```text
//! export ─▶ export.rs (what CatBoost wrote) ─▶ bins.rs (borders) ─▶ shapley.rs (why) ─▶ scale.rs (whole numbers) ─▶ Parts
//! ```

mod bins;
mod curve;
mod error;
mod export;
mod import;
mod scale;
mod shapley;

pub use curve::curve;
pub use error::ImportError;
pub use import::{MAX_EXPORT_BYTES, import};

use outwork_engine::rules::Layer;

/// What an export does not say about its model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The model's name: `behaviour-2026.11`.
    pub id: String,
    /// The layer of risk that it speaks for.
    pub layer: Layer,
    /// The columns that it was trained on, in their order. An export that names its features may have them in another one,
    /// and is read by their names, which are those of signals.
    pub columns: Vec<Column>,
    /// What must have been observed before it speaks: a signal, and the least value of that.
    pub needs: Vec<(String, u16)>,
}

/// One column that a model was trained on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The name of the signal whose values it has.
    pub signal: String,
    /// What decisions call it.
    pub reason: String,
    /// The numbers that stood for texts while the model was trained; none where the signal is a number or a truth.
    pub categories: Option<Categories>,
}

/// The numbers that stood for texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Categories {
    /// Texts and the number of each, in any order.
    pub known: Vec<(String, u16)>,
    /// The number of every other text.
    pub other: u16,
}
