//! What an origin behind Outwork can trust: verified [`Risk`], or no request.
//!
//! ```
//! # fn main() -> Result<(), outwork_origin::KeysError> {
//! use outwork_origin::{EvidenceLayer, Keys, MemoryReplay, Verifier};
//!
//! # let text = "evidence:2026-11:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE";
//! // let keys = Keys::from_environment()?;
//! let keys = Keys::parse(text)?;
//! let layer = EvidenceLayer::new(Verifier::new(keys), MemoryReplay::new());
//! // Router::new().route("/", get(async |Extension(risk): Extension<Risk>| risk.band)).layer(layer)
//! # let _ = layer;
//! # Ok(())
//! # }
//! ```

mod answer;
mod evidence;
mod keys;
mod layer;
mod refusal;
mod replay;
mod risk;
mod setting;
pub mod structured;

pub use answer::NotVerified;
pub use evidence::{Arrived, Fields, Head, MOST_AGE, MOST_SKEW, Scheme, Verifier};
pub use keys::{Keys, KeysError, VARIABLE};
pub use layer::{Evidence, EvidenceLayer, Outcome};
pub use refusal::{Reason, Refusal};
pub use replay::{Answer, Full, MemoryReplay, Replay};
pub use risk::{Body, Demand, Risk, TransactionRefused};
pub use setting::{MOST_BODY, SettingError};

/// What the README shows is compiled.
#[cfg(all(doctest, feature = "axum"))]
#[doc = include_str!("../README.md")]
struct Readme;
