//! Why a model is refused.

use super::{FORMAT, MAX_BINS, MAX_BYTES, MAX_CATEGORIES, MAX_DEPTH, MAX_INPUTS, MAX_TREES, STEPS};
use crate::container::ContainerError;
use alloc::string::String;
use core::fmt;

/// Why a model is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ModelError {
    /// It is no model file, or a damaged one.
    File(ContainerError),
    /// A section is missing or does not decode.
    Section {
        /// What the section holds.
        holds: &'static str,
    },
    /// Its name cannot be written into headers and metrics.
    Id {
        /// That name.
        id: String,
    },
    /// It has no inputs, or more than there may be.
    Inputs {
        /// How many.
        found: usize,
    },
    /// Something about an input is out of bounds.
    Input {
        /// Its signal.
        signal: String,
        /// What, and what to do.
        fault: InputFault,
    },
    /// What must have been observed names an input that is not there, not a number, or named twice.
    Need {
        /// The input's place.
        input: u8,
    },
    /// It has no trees, or more than there may be.
    Trees {
        /// How many.
        found: usize,
    },
    /// Something about a tree is out of bounds.
    Tree {
        /// Its place, from 0.
        tree: usize,
        /// What.
        fault: TreeFault,
    },
    /// Its bias or its unit is out of bounds.
    Scale,
    /// Its calibration does not have its steps, descends, or is out of bounds.
    Calibration,
    /// It reads a signal that this engine does not have.
    UnknownSignal {
        /// The signal's name.
        name: String,
    },
    /// It bins a signal in a way that the signal's type does not allow.
    Kind {
        /// The signal's name.
        name: String,
    },
    /// It reads a signal that no model may read.
    Unfit {
        /// The signal's name.
        name: String,
        /// Why none may.
        why: &'static str,
    },
}

/// What is wrong with an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputFault {
    /// Its signal or its reason is no plain token.
    Token,
    /// Another input has the same signal.
    Twice,
    /// It has more bins than there may be.
    Bins,
    /// Its borders do not ascend.
    Borders,
    /// Its texts do not ascend, are too many or too long.
    Texts,
    /// A known value is in the bin of what is missing, or beyond the last.
    Bin,
    /// There is not one training share for each bin, or they are more than all rows.
    Shares,
}

/// What is wrong with a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TreeFault {
    /// It asks more questions than it may.
    Depth,
    /// It does not have a leaf for each set of answers.
    Leaves,
    /// A question is about an input that is not there.
    Input,
    /// A question is about a bin that its input does not have.
    Bin,
    /// Its table of contributions does not fit its leaves.
    Contributions,
}

impl From<ContainerError> for ModelError {
    fn from(error: ContainerError) -> Self {
        Self::File(error)
    }
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => file(*error, f),
            Self::Section { holds } => {
                write!(f, "the model's section of {holds} is missing or does not decode: import or train it again")
            }
            Self::Id { id } => write!(
                f,
                "the model's name `{id}` is not 1 to 64 letters, digits, `.`, `-` and `_`: choose another in its recipe"
            ),
            Self::Inputs { found } => {
                write!(f, "the model has {found} inputs, and 1 to {MAX_INPUTS} can be: select the features that matter")
            }
            Self::Input { signal, fault } => write!(f, "input `{signal}` {fault}"),
            Self::Need { input } => write!(
                f,
                "what the model needs names input {input}, which is not there, not a number, or named twice: correct \
                 `needs` in its recipe"
            ),
            Self::Trees { found } => {
                write!(f, "the model has {found} trees, and 1 to {MAX_TREES} can be: train it with fewer `trees`")
            }
            Self::Tree { tree, fault } => write!(f, "tree {tree} {fault}"),
            Self::Scale => f.write_str(
                "the model's bias or unit is out of bounds: import it again, with leaves scaled to 16-bit numbers",
            ),
            Self::Calibration => {
                write!(f, "the model's calibration is not {STEPS} probabilities that never descend: calibrate it again")
            }
            Self::UnknownSignal { name } => write!(
                f,
                "the model reads signal `{name}`, which this engine does not have: update the host, or train without it"
            ),
            Self::Kind { name } => write!(
                f,
                "the model bins signal `{name}` as another type than it has: numbers and truths have borders, texts \
                 have categories, addresses cannot be inputs"
            ),
            Self::Unfit { name, why } => {
                write!(f, "the model reads signal `{name}`, which cannot be an input: {why}; train without it")
            }
        }
    }
}

fn file(error: ContainerError, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match error {
        ContainerError::TooLarge { bytes } => {
            write!(f, "the model has {bytes} bytes, and {MAX_BYTES} is the most: train it with fewer trees")
        }
        ContainerError::Magic => f.write_str("not a model: make one with `outwork train` or `outwork model import`"),
        ContainerError::Format { found } => {
            write!(f, "the model has format {found}, this host reads {FORMAT}: update the older of the two")
        }
        ContainerError::Truncated => f.write_str("the model is cut short or has bytes too many: copy it again"),
        ContainerError::Checksum => f.write_str("the model is damaged, its checksum does not fit: copy it again"),
        ContainerError::Table => f.write_str("the model's section table is not in order: import or train it again"),
    }
}

impl fmt::Display for InputFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token => f.write_str(
                "has a signal or a reason that is not 1 to 64 letters, digits, `.`, `-` and `_`: rename it in the recipe",
            ),
            Self::Twice => f.write_str("stands twice: name it once in the recipe"),
            Self::Bins => write!(f, "has more than {MAX_BINS} bins: train with fewer `bins`"),
            Self::Borders => f.write_str("has borders that do not ascend: import or train it again"),
            Self::Texts => write!(
                f,
                "has texts that do not ascend, that are more than {MAX_CATEGORIES}, or longer than {} bytes: import or \
                 train it again",
                super::MAX_TEXT
            ),
            Self::Bin => write!(
                f,
                "puts a known value into bin 0, of what is missing, or beyond the {MAX_BINS} bins that there can be: \
                 import or train it again"
            ),
            Self::Shares => {
                f.write_str("does not have one training share for each of its bins: import or train it again")
            }
        }
    }
}

impl fmt::Display for TreeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Depth => write!(f, "asks more than {MAX_DEPTH} questions: train with `depth` of at most {MAX_DEPTH}"),
            Self::Leaves => f.write_str("does not have 2 leaves to the power of its questions: train oblivious trees"),
            Self::Input => f.write_str("asks about an input that the model does not have: import it again"),
            Self::Bin => f.write_str("asks about a bin that its input does not have: import it again"),
            Self::Contributions => f.write_str("has contributions that do not add up to its leaves: import it again"),
        }
    }
}

impl core::error::Error for ModelError {}
