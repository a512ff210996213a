//! The layers of risk.

use serde::{Deserialize, Serialize};

/// A layer of risk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Layer {
    /// TLS and headers.
    Device,
    /// The beacon.
    Behaviour,
    /// Network, rate, path and history.
    Context,
}
