//! What a model said of a request.

use super::Slot;
use crate::model::{Binned, Score, Top};

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
}

impl<'m> Scored<'m> {
    pub(super) fn new(slot: &'m Slot, place: usize, score: Score, binned: Binned, in_force: bool) -> Self {
        Self { slot, place, score, binned, in_force, counts: false, why: None }
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
        self.why = model.contributions(&self.binned).map(|contributions| model.reasons(&contributions));
    }

    /// The reasons that raised the score, as decisions name them, and the points of each: its share of what all that raised
    /// it add. All points are the model's own where it cannot tell.
    pub fn reasons(&self) -> impl Iterator<Item = (&'m str, i16)> {
        let (slot, points) = (self.slot, self.points());
        let told = self.why.iter().flat_map(move |why| {
            let raising = why.iter().filter(|(_, adds)| *adds > 0);
            raising.map(move |(token, adds)| (slot.reason(token), share(points, adds.unsigned_abs(), why.raised())))
        });
        let whole = self.why.is_none().then(|| (slot.reason(""), i16::from(points)));
        told.chain(whole).filter(|(_, points)| *points > 0)
    }
}

/// Rounded half up.
fn share(points: u8, part: u32, whole: u32) -> i16 {
    let (part, whole) = (u64::from(part), u64::from(whole.max(1)));
    i16::try_from((u64::from(points) * part + whole / 2) / whole).unwrap_or(i16::MAX)
}
