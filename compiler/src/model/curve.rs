//! From logits to probabilities, as a table.

use outwork_engine::model::{Calibration, Parts, STEPS};

/// Logits beyond this are as good as certain: less than one ten-thousandth from 0 or 1.
const CERTAIN: f64 = 12.0;

/// The table of a curve from logits to probabilities, over the sums that these trees can have. Where the curve descends, the
/// table stays level.
pub fn curve(parts: &Parts, probability: impl Fn(f64) -> f64) -> Calibration {
    let (from, to) = reach(parts);
    let width = to.abs_diff(from);
    let shift = (0..31).find(|shift| usize::try_from(width >> shift).is_ok_and(|steps| steps < STEPS)).unwrap_or(31);
    let mut least = 0;
    let steps = (0..STEPS).map(|step| {
        let middle = f64::from(from) + (step as f64 + 0.5) * f64::from(1_u32 << shift);
        least = ten_thousandths(probability(middle / f64::from(parts.per_logit))).max(least);
        least
    });
    Calibration { from, shift, steps: steps.collect() }
}

/// The lowest and the highest sum, as far as they tell anything.
fn reach(parts: &Parts) -> (i32, i32) {
    let sum = |of: fn(&[i16]) -> Option<&i16>| {
        let leaves = parts.trees.iter().filter_map(|tree| of(&tree.leaves));
        leaves.fold(parts.bias, |sum, leaf| sum.saturating_add(i32::from(*leaf)))
    };
    // At most 12 × 1,048,576.
    let certain = (CERTAIN * f64::from(parts.per_logit)) as i32;
    let (low, high) = (sum(|leaves| leaves.iter().min()), sum(|leaves| leaves.iter().max()));
    (low.clamp(-certain, certain), high.clamp(-certain, certain))
}

fn ten_thousandths(probability: f64) -> u16 {
    (probability.clamp(0.0, 1.0) * 10_000.0).round() as u16
}
