//! Why conditions are refused.

use alloc::string::String;
use core::fmt;

/// Why the conditions of a bundle were refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConditionsError {
    /// A section does not decode.
    Malformed,
    /// A condition reads a signal that this engine does not have: the bundle was built for a newer one.
    UnknownSignal {
        /// The signal's name.
        name: String,
    },
    /// A condition asks a field what its type cannot answer.
    Type,
    /// A program, atom or trigger points outside what there is.
    OutOfBounds,
    /// A list is not in order.
    List,
    /// Address lists overlap in more ways, or have more ranges, than an engine keeps.
    Overlaps,
    /// An automaton over literals points outside itself.
    Matcher,
    /// A regular expression does not decode.
    Pattern,
}

impl fmt::Display for ConditionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("the conditions do not decode"),
            Self::UnknownSignal { name } => {
                write!(
                    f,
                    "a condition reads signal `{name}`, which this engine does not have: the bundle needs a newer one"
                )
            }
            Self::Type => f.write_str("a condition asks a field what its type cannot answer"),
            Self::OutOfBounds => f.write_str("a condition points outside its section"),
            Self::List => f.write_str("a list is not in order"),
            Self::Overlaps => f.write_str("there are too many address lists and networks in them"),
            Self::Matcher => f.write_str("a matcher points outside itself"),
            Self::Pattern => f.write_str("a regular expression does not decode"),
        }
    }
}

impl core::error::Error for ConditionsError {}
