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
    /// Of what inputs add, by their reasons. Inputs of one reason need not stand together; of reasons that move the score
    /// alike, that of the earlier input is first.
    pub(super) fn of(inputs: impl Iterator<Item = (&'m str, i32)>) -> Self {
        let mut sums: [(&str, i32); MAX_INPUTS] = [("", 0); MAX_INPUTS];
        for (reason, adds) in inputs {
            if let Some(sum) = sums.iter_mut().find(|(known, _)| *known == reason || known.is_empty()) {
                *sum = (reason, sum.1.saturating_add(adds));
            }
        }
        let raised = sums.iter().map(|(_, adds)| adds.max(&0).unsigned_abs()).sum();
        let mut top = Self { most: [None; MAX_REASONS], raised };
        sums.into_iter().filter(|(_, adds)| *adds != 0).for_each(|sum| top.insert(sum));
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
