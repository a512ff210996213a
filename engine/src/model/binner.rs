//! Values to bins: of 32 inputs at a time, by comparing each with its first border, then with its second, and so on.

use super::{Bins, Input, MAX_INPUTS, vector};
use alloc::{boxed::Box, string::String, vec::Vec};

/// How many inputs are binned at a time.
pub(super) const LANES: usize = 32;

/// The first borders of 32 inputs, their second, and so on; the highest number where an input has no more.
pub(super) type Ranks = Vec<[i16; LANES]>;

/// The numbers of a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Numbers {
    /// In the order of numbers: 0 is the lowest that 16 bits hold with a sign.
    pub(super) values: [i16; MAX_INPUTS],
    /// All bits where the number is known, none where it is missing.
    pub(super) known: [u16; MAX_INPUTS],
}

/// How the numbers of a model's inputs fall into bins.
#[derive(Clone)]
pub(super) struct Binner {
    pub(super) ranks: [Ranks; MAX_INPUTS / LANES],
}

/// The bins of a text.
#[derive(Clone)]
pub(super) struct Texts {
    // INVARIANT: ascends by the texts' bytes.
    known: Box<[(Box<str>, u8)]>,
    other: u8,
}

impl Binner {
    pub(super) fn new(inputs: &[Input]) -> Self {
        let mut chunks = inputs.chunks(LANES);
        Self { ranks: core::array::from_fn(|_| ranks(chunks.next().unwrap_or_default())) }
    }

    /// The bin of each number; that of what is missing where there is none.
    pub(super) fn bins(&self, level: vector::Level, numbers: &Numbers) -> [u8; MAX_INPUTS] {
        vector::bins(level, &self.ranks, numbers)
    }
}

/// A number as the comparison takes it.
pub(super) fn signed(number: u16) -> i16 {
    (number ^ 0x8000).cast_signed()
}

fn ranks(inputs: &[Input]) -> Ranks {
    let borders = |input: &Input| match &input.bins {
        Bins::Number(borders) => borders.clone(),
        Bins::Text { .. } => Vec::new(),
    };
    let all: Vec<Vec<u16>> = inputs.iter().map(borders).collect();
    let most = all.iter().map(Vec::len).max().unwrap_or(0);
    let border = |lane: usize, rank: usize| all.get(lane).and_then(|borders| borders.get(rank)).copied();
    (0..most).map(|rank| core::array::from_fn(|lane| signed(border(lane, rank).unwrap_or(u16::MAX)))).collect()
}

impl Texts {
    pub(super) fn of(bins: Bins) -> Option<Self> {
        match bins {
            Bins::Number(_) => None,
            Bins::Text { known, other } => {
                let owned = |(text, bin): (String, u8)| (text.into_boxed_str(), bin);
                Some(Self { known: known.into_iter().map(owned).collect(), other })
            }
        }
    }

    pub(super) fn bin(&self, text: &[u8]) -> u8 {
        let found = self.known.binary_search_by(|(known, _)| known.as_bytes().cmp(text));
        found.ok().and_then(|place| self.known.get(place)).map_or(self.other, |(_, bin)| *bin)
    }
}
