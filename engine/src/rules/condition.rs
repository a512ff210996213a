//! Conditions as a bundle carries them, and their evaluation.

use crate::signals::Scene;
use alloc::vec::Vec;
use core::fmt;

/// The compiled conditions of a policy: rules first, limits after them.
#[derive(Debug, Default)]
pub struct Conditions {
    count: usize,
}

/// Memory that one evaluation leaves to the next, so that a request allocates nothing that grows with the policy.
#[derive(Debug, Default)]
pub struct Scratch {
    holds: Vec<u64>,
}

impl Conditions {
    /// Reads the section of a bundle.
    ///
    /// # Errors
    /// When the section is not what [`Conditions`] wrote, names a signal that this engine does not have, or points
    /// outside itself.
    pub fn load(_section: &[u8]) -> Result<Self, ConditionsError> {
        Ok(Self::default())
    }

    /// How many conditions there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Evaluates all conditions; ask `scratch` which hold.
    pub fn evaluate(&self, _scene: &Scene<'_>, scratch: &mut Scratch) {
        scratch.holds.clear();
        scratch.holds.resize(self.count.div_ceil(64), 0);
    }
}

impl Scratch {
    /// Whether condition `index` holds in the request evaluated last.
    pub fn holds(&self, index: usize) -> bool {
        self.holds.get(index / 64).is_some_and(|word| word >> (index % 64) & 1 == 1)
    }

    /// The conditions below `end` that hold in the request evaluated last, in order.
    pub fn holding(&self, end: usize) -> impl Iterator<Item = usize> + '_ {
        self.holds
            .iter()
            .enumerate()
            .flat_map(|(at, &word)| Bits { word, base: at * 64 })
            .take_while(move |&index| index < end)
    }
}

struct Bits {
    word: u64,
    base: usize,
}

impl Iterator for Bits {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        if self.word == 0 {
            return None;
        }
        let bit = self.word.trailing_zeros();
        self.word &= self.word - 1;
        Some(self.base + bit as usize)
    }
}

/// Why a conditions section was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConditionsError {
    /// The section does not decode.
    Malformed,
}

impl fmt::Display for ConditionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("the conditions do not decode"),
        }
    }
}

impl core::error::Error for ConditionsError {}
