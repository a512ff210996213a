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

/// Up to three reasons, that which moved the score most first, by absolute value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Top<'m> {
    // INVARIANT: those that are there stand first, none with a share of 0.
    most: [Option<(&'m str, i32)>; MAX_REASONS],
    raised: u32,
}

impl<'m> Top<'m> {
    /// Of reasons and how much each moved the score; of those that moved it alike, the earlier first.
    pub(super) fn of(reasons: impl Iterator<Item = (&'m str, i32)>) -> Self {
        let mut top = Self { most: [None; MAX_REASONS], raised: 0 };
        for reason in reasons.filter(|(_, adds)| *adds != 0) {
            top.raised += reason.1.max(0).unsigned_abs();
            top.insert(reason);
        }
        top
    }

    /// The reasons, and how much each moved the score, in units of sums.
    pub fn iter(&self) -> impl Iterator<Item = (&'m str, i32)> {
        self.most.into_iter().flatten()
    }

    /// What all reasons that raised the score add together, those that are not among these included.
    pub fn raised(&self) -> u32 {
        self.raised
    }

    fn insert(&mut self, mut sum: (&'m str, i32)) {
        for place in &mut self.most {
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
}
