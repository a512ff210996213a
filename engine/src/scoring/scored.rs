//! What a model said of a request.

use super::Slot;
use crate::model::{Binned, MAX_REASONS, Score, Top};

/// What a model said of a request.
#[derive(Clone, Copy, Debug)]
pub struct Scored<'m> {
    /// The model, in its slot.
    pub slot: &'m Slot,
    /// The place of the slot in the policy.
    pub place: usize,
    /// What it said.
    pub score: Score,
    /// The bins of its inputs, for whoever counts drift.
    pub binned: Binned,
    /// Whether it is the one that counts in its layer for this client.
    pub in_force: bool,
    /// Whether it raised its layer: it is in force, and says more than the rules.
    pub counts: bool,
    /// What moved the score; none where no decision shows it, or the model cannot tell.
    pub why: Option<Top<'m>>,
    // The same, where it is known from before.
    pub(super) known: Option<Top<'m>>,
}

impl<'m> Scored<'m> {
    pub(super) fn new(slot: &'m Slot, place: usize, score: Score, binned: Binned) -> Self {
        Self { slot, place, score, binned, in_force: false, counts: false, why: None, known: None }
    }

    /// What it is worth in its layer, 0 to 100.
    pub fn points(&self) -> u8 {
        let points = (u32::from(self.score.probability) * u32::from(self.slot.points()) + 5_000) / 10_000;
        u8::try_from(points).unwrap_or(100)
    }

    /// How many thousandths of a logit so many units of the model's sums are, of either sign, rounded.
    pub fn thousandths(&self, units: i32) -> u32 {
        let per_logit = u64::from(self.slot.model().per_logit().max(1));
        let thousandths = (u64::from(units.unsigned_abs()) * 1_000 + per_logit / 2) / per_logit;
        u32::try_from(thousandths).unwrap_or(u32::MAX)
    }

    /// Works out what moved the score.
    pub fn explain(&mut self) {
        let model = self.slot.model();
        let anew = || Some(model.reasons(&model.contributions(&self.binned)?));
        self.why = self.known.or_else(anew);
    }

    /// The reasons that raised the score most, as decisions name them, and the points of each: its share of what all that
    /// raised it add. The rest of the points is the model's own, and all of them where it cannot tell: together they are
    /// the points of the model.
    pub fn reasons(&self) -> impl Iterator<Item = (&'m str, i16)> {
        let (slot, points) = (self.slot, u64::from(self.points()));
        let shares = self.why.map_or([0; MAX_REASONS], |why| shares(points, &why));
        let named = self.why.into_iter().flat_map(|why| why.raising().map(|(token, _)| token));
        let rest = points.saturating_sub(shares.iter().sum());
        let all = named.zip(shares).chain([("", rest)]);
        let whole = |points| i16::try_from(points).unwrap_or(i16::MAX);
        all.filter(|(_, points)| *points > 0).map(move |(token, points)| (slot.reason(token), whole(points)))
    }
}

/// The points of each reason that raised the score most: together their part of all points, rounded half up, of which what
/// rounding down leaves goes to the first ones, so that no reason has more than one before it.
fn shares(points: u64, why: &Top<'_>) -> [u64; MAX_REASONS] {
    let whole = u64::from(why.raised().max(1));
    let mut shares = [0; MAX_REASONS];
    shares.iter_mut().zip(why.raising()).for_each(|(share, (_, adds))| *share = points * u64::from(adds) / whole);
    let named: u64 = why.raising().map(|(_, adds)| u64::from(adds)).sum();
    let left = ((points * named + whole / 2) / whole).saturating_sub(shares.iter().sum());
    shares.iter_mut().zip(0..left).for_each(|(share, _)| *share += 1);
    shares
}

#[cfg(test)]
mod tests {
    use crate::{
        fact::Fact,
        model::{
            Parts,
            sample::{Owned, any_model, any_row},
            write,
        },
        rules::Mode,
        scoring::{Entry, Scored, Slot},
    };
    use alloc::vec::Vec;
    use proptest::prelude::*;

    fn any_rows() -> impl Strategy<Value = (Parts, Vec<Vec<Option<Owned>>>)> {
        any_model(1..12).prop_flat_map(|parts| {
            let rows = prop::collection::vec(any_row(&parts), 8);
            (Just(parts), rows)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn the_points_of_a_model_are_those_of_its_reasons(drawn in any_rows(), points in 0..=100_u8) {
            let (mut parts, rows) = drawn;
            parts.needs.clear();
            let file = write(&parts).unwrap();
            let slot = Slot::load(&Entry { id: "slot", mode: Mode::Enforce, points, file: &file }).unwrap();
            for row in rows {
                let mut values = row.iter().map(|value| value.as_ref().map_or(Fact::Absent, Owned::reading));
                let binned = slot.model().bin(|_| values.next().unwrap());
                let mut scored = Scored::new(&slot, 0, slot.model().score(&binned).unwrap(), binned);
                let told = |scored: &Scored<'_>| scored.reasons().map(|(_, points)| points).collect::<Vec<_>>();
                prop_assert_eq!(told(&scored).iter().sum::<i16>(), i16::from(scored.points()));
                scored.explain();
                prop_assert_eq!(told(&scored).iter().sum::<i16>(), i16::from(scored.points()));
                let named: Vec<i16> =
                    scored.reasons().filter(|(id, _)| *id != "model.slot").map(|(_, points)| points).collect();
                prop_assert!(named.len() <= 3 && named.is_sorted_by(|one, next| one >= next));
            }
        }
    }
}
