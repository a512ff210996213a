//! Rules: conditions over the schema, and what follows when one holds.
//!
//! A condition is compiled from CEL to atoms (one test of one field) and a small program over their answers. Answers
//! are three-valued: a test of a value that is absent or unavailable is *unknown*, and a condition holds only when it
//! is true whatever the unknown answers would be (Kleene's logic, which is what CEL's `&&` and `||` do with errors).

mod automaton;
mod bits;
mod conditions;
mod dense;
mod distinct;
mod error;
mod grams;
mod literals;
mod literals_build;
mod load;
mod many;
mod pair;
mod program;
mod quantify;
mod rule;
mod scratch;
mod segments;
mod sets;
mod source;
mod standing;
mod strings;
mod unsent;
pub mod wire;

pub use crate::layer::Layer;
pub use automaton::{Automaton, MOST_WORDS};
pub use conditions::Conditions;
pub use error::ConditionsError;
pub use literals_build::{Literal, build_literals};
pub use program::Answer;
pub use quantify::MAX_ELEMENTS;
pub use rule::{Action, Mode, Rule};
pub use scratch::Scratch;
pub use source::Asked;
pub use standing::{Standing, Standings};
pub use strings::Strings;
