//! Rules: conditions over the schema, and what follows when one holds.
//!
//! A condition is compiled from CEL to atoms (one test of one field) and a small program over their answers. Answers
//! are three-valued: a test of a value that is absent or unavailable is *unknown*, and a condition holds only when it
//! is true whatever the unknown answers would be (Kleene's logic, which is what CEL's `&&` and `||` do with errors).

mod condition;
mod rule;

pub use condition::{Conditions, ConditionsError, Scratch};
pub use rule::{Action, Layer, Mode, Rule};
