//! Why an export was refused, and what to change.

use outwork_engine::model::{MAX_BINS, MAX_CATEGORIES, MAX_DEPTH, MAX_INPUTS, MAX_TREES};
use std::fmt;

/// Why an export was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImportError {
    /// It is longer than [`super::MAX_EXPORT_BYTES`].
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// It is no JSON of CatBoost's.
    Json {
        /// What the reader of JSON says.
        wrong: String,
    },
    /// Its trees ask different questions in one level.
    Shape,
    /// It was not trained to tell two classes apart.
    Loss {
        /// What it was trained for.
        found: String,
    },
    /// Its classes are not 0 and 1.
    Classes,
    /// Its leaves have several numbers, or not as many as its questions want.
    Leaves {
        /// The tree, from 0.
        tree: usize,
    },
    /// It has more trees than are scored in time.
    Trees {
        /// How many.
        found: usize,
    },
    /// It has no tree that asks anything.
    Empty,
    /// A tree asks more questions than are scored in time.
    Depth {
        /// The tree, from 0.
        tree: usize,
        /// How many.
        found: usize,
    },
    /// A tree asks about a category of CatBoost's own.
    Category {
        /// The tree, from 0.
        tree: usize,
        /// Whether it asks for a statistic of the category.
        statistic: bool,
    },
    /// A tree asks about a text or an embedding.
    Estimated {
        /// The tree, from 0.
        tree: usize,
    },
    /// A border, a leaf, a scale or a bias is no number that can be counted with.
    NotFinite {
        /// What it is.
        what: &'static str,
    },
    /// A leaf or a bias is too large.
    TooLarge {
        /// Which of them.
        what: &'static str,
    },
    /// A feature has no column in the plan.
    Column {
        /// Its name, or its place.
        feature: String,
        /// How many columns the plan has.
        columns: usize,
    },
    /// Two columns have one signal.
    Twice {
        /// The signal.
        signal: String,
    },
    /// A column has no signal that there is.
    Signal {
        /// Its name.
        signal: String,
    },
    /// A column is an address.
    Address {
        /// The signal.
        signal: String,
    },
    /// A column is a signal that no model may read.
    Unfit {
        /// The signal.
        signal: String,
        /// Why none may.
        why: &'static str,
    },
    /// A column of texts has no categories, or one of numbers has some.
    Categories {
        /// The signal.
        signal: String,
        /// Whether its values are texts.
        text: bool,
    },
    /// A column of texts has too many categories, or one of them twice.
    Known {
        /// The signal.
        signal: String,
    },
    /// The number of no category lies above a border.
    Unreached {
        /// The signal.
        signal: String,
    },
    /// What is missing counts as more than everything.
    Missing {
        /// The signal.
        signal: String,
    },
    /// A border lies above what the edge tells apart.
    Border {
        /// The signal.
        signal: String,
    },
    /// A column has more borders than there are bins.
    Borders {
        /// The signal.
        signal: String,
        /// How many.
        found: usize,
    },
    /// The trees look at more columns than are scored in time.
    Inputs {
        /// How many.
        found: usize,
    },
    /// Something is needed that is no column.
    Need {
        /// The signal.
        signal: String,
    },
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { bytes } => {
                write!(
                    f,
                    "the export has {bytes} bytes, and {} is the most: train fewer trees",
                    super::MAX_EXPORT_BYTES
                )
            }
            Self::Json { wrong } => {
                write!(f, "this is no export of CatBoost: {wrong}; make one with `save_model(path, format=\"json\")`")
            }
            Self::Shape => f.write_str("its trees are not symmetric: train with `grow_policy=\"SymmetricTree\"`"),
            Self::Loss { found } => {
                write!(f, "it was trained for `{found}`: train a classifier with `loss_function=\"Logloss\"`")
            }
            Self::Classes => f.write_str("its classes are not 0 and 1: label programs 1 and people 0"),
            Self::Leaves { tree } => write!(
                f,
                "tree {tree} has not one finite number a leaf: train a classifier of two classes with \
                 `loss_function=\"Logloss\"`"
            ),
            Self::Trees { found } => {
                write!(
                    f,
                    "it has {found} trees, and {MAX_TREES} is the most: train with `iterations={MAX_TREES}` or fewer"
                )
            }
            Self::Empty => f.write_str("no tree of it asks anything: train on columns that tell the classes apart"),
            Self::Depth { tree, found } => {
                write!(
                    f,
                    "tree {tree} asks {found} questions, and {MAX_DEPTH} is the most: train with `depth={MAX_DEPTH}`"
                )
            }
            Self::Category { tree, statistic: true } => write!(
                f,
                "tree {tree} asks for a statistic of a category: give texts as numbers, by `categories` of their input, and \
                 train without `cat_features`"
            ),
            Self::Category { tree, statistic: false } => write!(
                f,
                "tree {tree} asks for one category: give texts as numbers, by `categories` of their input, and train without \
                 `cat_features` (`one_hot_max_size` is then of no use)"
            ),
            Self::Estimated { tree } => write!(
                f,
                "tree {tree} asks about a text or an embedding: train without `text_features` and `embedding_features`"
            ),
            Self::NotFinite { what } => {
                write!(f, "{what} is not finite: train again with a lower `learning_rate` or a higher `l2_leaf_reg`")
            }
            Self::TooLarge { what } => {
                write!(f, "{what} is too large: train with a lower `learning_rate` or a higher `l2_leaf_reg`")
            }
            Self::Column { feature, columns } => write!(
                f,
                "feature {feature} is none of the {columns} inputs: list every column in the order of training, or name the \
                 columns after their signals (`Pool(feature_names=…)`)"
            ),
            Self::Twice { signal } => write!(f, "two inputs are the signal `{signal}`: keep one column of it"),
            Self::Signal { signal } => {
                write!(f, "there is no signal `{signal}`: see the reference of signals for what can be an input")
            }
            Self::Address { signal } => {
                write!(f, "`{signal}` is an address, and no input of a model: leave the column out")
            }
            Self::Unfit { signal, why } => write!(f, "`{signal}` cannot be an input: {why}; leave the column out"),
            Self::Categories { signal, text: true } => {
                write!(f, "`{signal}` is a text: say by `categories` which number stood for which text in training")
            }
            Self::Categories { signal, text: false } => {
                write!(f, "`{signal}` is a number and has no `categories`: leave them out")
            }
            Self::Known { signal } => write!(
                f,
                "`{signal}` has more than {MAX_CATEGORIES} categories, or one of them twice: give rare ones the number of all \
                 others"
            ),
            Self::Unreached { signal } => write!(
                f,
                "no category of `{signal}` has a number above one of its borders: list every number that stood for a text in \
                 training"
            ),
            Self::Missing { signal } => {
                write!(f, "`{signal}` counts as highest where it is missing: train with `nan_mode=\"Min\"`")
            }
            Self::Border { signal } => {
                write!(f, "`{signal}` has a border of 65,535 or more: clamp the column to 65,535 before training")
            }
            Self::Borders { signal, found } => write!(
                f,
                "`{signal}` has {found} borders, and {} is the most: train with `border_count={}`",
                MAX_BINS - 2,
                MAX_BINS - 2
            ),
            Self::Inputs { found } => write!(
                f,
                "its trees look at {found} columns, and {MAX_INPUTS} is the most: leave out the least important ones, by \
                 `ignored_features`"
            ),
            Self::Need { signal } => write!(f, "`needs` names `{signal}`, which is no input: add it to the inputs"),
        }
    }
}

impl std::error::Error for ImportError {}
