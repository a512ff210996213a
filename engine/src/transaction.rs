//! Requests that move something: they want an observed window, and the origin a proof of their body.

use alloc::string::String;
use serde::{Deserialize, Serialize};

/// A transaction, without its condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transaction {
    /// Its id, stable for ever.
    pub id: String,
}
