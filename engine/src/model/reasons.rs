//! Why a model says what it says.

use super::MAX_INPUTS;

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
    most: Three<'m>,
    raising: Three<'m>,
    raised: u32,
}

// INVARIANT: those that are there stand first, the largest first, none with a share of 0.
type Three<'m> = [Option<(&'m str, i32)>; MAX_REASONS];

impl<'m> Top<'m> {
    /// Of reasons and how much each moved the score; of those that moved it alike, the earlier first.
    pub(super) fn of(reasons: impl Iterator<Item = (&'m str, i32)>) -> Self {
        let mut top = Self { most: [None; MAX_REASONS], raising: [None; MAX_REASONS], raised: 0 };
        for reason in reasons.filter(|(_, adds)| *adds != 0) {
            insert(&mut top.most, reason);
            if reason.1 > 0 {
                top.raised += reason.1.unsigned_abs();
                insert(&mut top.raising, reason);
            }
        }
        top
    }

    /// The reasons that moved the score most, either way, and how much each moved it, in units of sums.
    pub fn iter(&self) -> impl Iterator<Item = (&'m str, i32)> {
        self.most.into_iter().flatten()
    }

    /// The reasons that raised the score most, and how much each did.
    pub fn raising(self) -> impl Iterator<Item = (&'m str, u32)> {
        self.raising.into_iter().flatten().map(|(reason, adds)| (reason, adds.unsigned_abs()))
    }

    /// What all reasons that raised the score add together, those that are not among these included.
    pub fn raised(&self) -> u32 {
        self.raised
    }
}

fn insert<'m>(three: &mut Three<'m>, mut sum: (&'m str, i32)) {
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
