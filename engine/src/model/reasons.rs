//! Why a model says what it says.

use super::MAX_INPUTS;
use alloc::string::String;

/// How much each input moved a score: exact Shapley values, in units of sums. They add up to the score's sum less the
/// model's mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contributions {
    by_input: [i32; MAX_INPUTS],
}

impl Contributions {
    pub(super) fn new(by_input: [i32; MAX_INPUTS]) -> Self {
        Self { by_input }
    }

    /// What each input adds, in the model's order; 0 beyond them.
    pub fn by_input(&self) -> &[i32; MAX_INPUTS] {
        &self.by_input
    }
}

/// How many reasons are named.
pub const MAX_REASONS: usize = 3;

/// Up to three reasons that moved the score most, by absolute value, and up to three that raised it most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Top<'m> {
    reasons: &'m [String],
    ranks: Ranks,
}

/// The same, by their places among the model's reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ranks {
    most: Three,
    raising: Three,
    raised: u32,
}

// INVARIANT: those that are there stand first, the largest first, none with a share of 0.
type Three = [Option<(u8, i32)>; MAX_REASONS];

impl Ranks {
    /// By how much each reason moved the score; of those that moved it alike, the earlier first.
    pub(super) fn of(sums: impl IntoIterator<Item = i32>) -> Self {
        let mut ranks = Self { most: [None; MAX_REASONS], raising: [None; MAX_REASONS], raised: 0 };
        for (place, adds) in (0..).zip(sums).filter(|(_, adds)| *adds != 0) {
            insert(&mut ranks.most, (place, adds));
            if adds > 0 {
                ranks.raised += adds.unsigned_abs();
                insert(&mut ranks.raising, (place, adds));
            }
        }
        ranks
    }
}

impl<'m> Top<'m> {
    /// Of the reasons of the model that was ranked.
    pub(super) fn new(reasons: &'m [String], ranks: Ranks) -> Self {
        Self { reasons, ranks }
    }

    /// The reasons that moved the score most, either way, and how much each moved it, in units of sums.
    pub fn iter(&self) -> impl Iterator<Item = (&'m str, i32)> + use<'m> {
        self.named(self.ranks.most)
    }

    /// The reasons that raised the score most, and how much each did.
    pub fn raising(self) -> impl Iterator<Item = (&'m str, u32)> {
        self.named(self.ranks.raising).map(|(reason, adds)| (reason, adds.unsigned_abs()))
    }

    /// What all reasons that raised the score add together, those that are not among these included.
    pub fn raised(&self) -> u32 {
        self.ranks.raised
    }

    fn named(&self, three: Three) -> impl Iterator<Item = (&'m str, i32)> + use<'m> {
        let reasons = self.reasons;
        three.into_iter().flatten().filter_map(|(place, adds)| Some((reasons.get(usize::from(place))?.as_str(), adds)))
    }
}

fn insert(three: &mut Three, mut sum: (u8, i32)) {
    for place in three {
        match place {
            Some(held) if held.1.unsigned_abs() >= sum.1.unsigned_abs() => {}
            Some(held) => core::mem::swap(held, &mut sum),
            None => {
                *place = Some(sum);
                return;
            }
        }
    }
}
