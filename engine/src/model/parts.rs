//! A model as its makers hand it over: what `write` makes a file of, and `read` takes apart.

use crate::layer::Layer;
use alloc::{string::String, vec::Vec};

/// The most inputs of a model.
pub const MAX_INPUTS: usize = 64;

/// The most bins of an input, that of what is missing included.
pub const MAX_BINS: usize = 63;

/// The most questions that a tree asks.
pub const MAX_DEPTH: usize = 6;

/// The most trees of a model.
pub const MAX_TREES: usize = 1_024;

/// The most values that a categorical input tells apart.
pub const MAX_CATEGORIES: usize = 256;

/// The longest text that a categorical input tells apart, in bytes.
pub const MAX_TEXT: usize = 128;

/// The number of steps of a calibration.
pub const STEPS: usize = 1_024;

/// The bin of what is missing.
pub const MISSING: u8 = 0;

/// Everything that a model is.
#[derive(Clone, Debug, PartialEq)]
pub struct Parts {
    /// Its name, in headers, records and metrics: `behaviour-2026.11`.
    pub id: String,
    /// The layer of risk that it speaks for.
    pub layer: Layer,
    /// What it looks at, in the order in which trees and rows count inputs.
    pub inputs: Vec<Input>,
    /// What must have been observed before it speaks: an input by its place, and the least value of that.
    pub needs: Vec<(u8, u16)>,
    /// The trees.
    pub trees: Vec<Tree>,
    /// What the sum of leaves begins with.
    pub bias: i32,
    /// How many units of leaves and bias are one logit.
    pub per_logit: u32,
    /// From the sum to a probability.
    pub calibration: Calibration,
    /// Exact Shapley values, for models that can say why; one table a tree.
    pub contributions: Option<Vec<Shapley>>,
}

/// One input: a signal, and how its values fall into bins.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// The name of the signal.
    pub signal: String,
    /// What decisions call it: several inputs may share one reason, `motion.rhythm`.
    pub reason: String,
    /// How its values fall into bins.
    pub bins: Bins,
    /// How many of 65,535 training rows fell into each bin, so that drift can be told; as many as there are bins.
    pub shares: Vec<u16>,
}

/// How values fall into bins. What is missing is in bin [`MISSING`]; known values begin at bin 1.
#[derive(Clone, Debug, PartialEq)]
pub enum Bins {
    /// Numbers, clamped to 0 to 65,535, and truths as 0 and 1: a value is in bin 1 + the number of borders below it.
    /// Borders ascend.
    Number(Vec<u16>),
    /// Texts, and the bin of each; they ascend by their bytes. A text that is none of them is in the bin of `other`.
    Text {
        /// Text and bin.
        known: Vec<(String, u8)>,
        /// The bin of every other text.
        other: u8,
    },
}

impl Bins {
    /// How many bins there are, that of what is missing included.
    pub fn count(&self) -> usize {
        match self {
            Self::Number(borders) => borders.len() + 2,
            Self::Text { known, other } => {
                known.iter().map(|(_, bin)| *bin).max().unwrap_or(0).max(*other) as usize + 1
            }
        }
    }
}

/// An oblivious tree: every leaf of a level asks the same question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    /// The questions; the answer to the first is the lowest bit of the leaf's number.
    pub splits: Vec<Split>,
    /// What each leaf adds, 2 to the number of questions of them.
    pub leaves: Vec<i16>,
}

/// A question: whether the bin of an input is this one or a higher one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    /// The input, by its place.
    pub input: u8,
    /// The least bin for which the answer is yes: 1 or more.
    pub bin: u8,
}

/// From the sum of leaves to a probability: [`STEPS`] steps over a range of sums, isotonic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calibration {
    /// The sum at which the first step begins; lower sums are in it, too.
    pub from: i32,
    /// The width of a step is 2 to this.
    pub shift: u8,
    /// The probability of a program in each step, in ten-thousandths; they do not descend.
    pub steps: Vec<u16>,
}

/// The exact Shapley values of one tree: for each leaf, what each of its questions adds to the mean of the tree, in units of
/// leaves. Of two questions about one input, the first has the sum and the second 0, as questions beyond those that are asked. A leaf less all
/// that its questions add is the mean of the tree: the same number for each of its leaves, to the unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shapley(pub Vec<[i16; MAX_DEPTH]>);
