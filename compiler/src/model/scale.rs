//! From leaves in logits to whole numbers.

use super::ImportError;
use outwork_engine::model::MAX_DEPTH;

/// The most units that a logit is made of: finer than this, a leaf's rounding is below what 4-byte floats of training tell.
const MOST_UNITS: f64 = 1_048_576.0;

/// The largest bias, in logits. With [`MOST_UNITS`] and all leaves its sum stays within 32 bits.
const MOST_BIAS: f64 = 1_000.0;

/// The most units that rounding may put on one question of a row.
const CORRECTED: i16 = MAX_DEPTH as i16;

/// How many units one logit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Units(pub(super) u32);

impl Units {
    /// As many as let the largest of these numbers fit into 16 bits, with what a row may be corrected by.
    pub(super) fn fit(largest: f64) -> Result<Self, ImportError> {
        let units = (f64::from(i16::MAX - CORRECTED) / largest).min(MOST_UNITS).floor();
        // Not a number where nothing is larger than 0: then any will do.
        if units < 1.0 { Err(ImportError::TooLarge { what: "a leaf" }) } else { Ok(Self(units as u32)) }
    }

    /// What these questions of a leaf add to the mean of its tree, in units: together exactly the difference of the two.
    /// What rounding leaves over goes where it errs least; what is none of these questions stays 0.
    pub(super) fn row(
        self,
        adds: &[f64; MAX_DEPTH],
        questions: &[usize],
        (leaf, mean): (i16, i16),
    ) -> [i16; MAX_DEPTH] {
        let mut row = adds.map(|add| self.leaf(add));
        let mut over = i32::from(leaf) - i32::from(mean) - row.iter().map(|add| i32::from(*add)).sum::<i32>();
        while over != 0 {
            let step = over.signum() as i16;
            let short = |at: &usize| match (adds.get(*at), row.get(*at)) {
                (Some(exact), Some(add)) => (exact * f64::from(self.0) - f64::from(*add)) * f64::from(step),
                _ => f64::NEG_INFINITY,
            };
            let most = questions.iter().copied().max_by(|a, b| short(a).total_cmp(&short(b)));
            let Some(add) = most.and_then(|at| row.get_mut(at)) else { break };
            *add = add.saturating_add(step);
            over -= i32::from(step);
        }
        row
    }

    /// A leaf, or what a question adds, in units.
    pub(super) fn leaf(self, logits: f64) -> i16 {
        // `fit` has seen to it that nothing is cut.
        (logits * f64::from(self.0)).round() as i16
    }

    /// The bias, in units.
    pub(super) fn bias(self, logits: f64) -> Result<i32, ImportError> {
        if logits.abs() > MOST_BIAS {
            return Err(ImportError::TooLarge { what: "the bias" });
        }
        Ok((logits * f64::from(self.0)).round() as i32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_adds_up_to_the_distance_of_its_leaf_from_the_mean() {
        let units = Units(10);
        let adds = [0.14, -0.24, 0.0, 0.14, 0.0, 0.0];
        assert_eq!(units.row(&adds, &[0, 1, 3], (0, 0)), [1, -2, 0, 1, 0, 0]);
        assert_eq!(units.row(&adds, &[0, 1, 3], (5, 4)), [1, -2, 0, 2, 0, 0]);
        assert_eq!(units.row(&adds, &[0, 1, 3], (-1, 0)), [1, -3, 0, 1, 0, 0]);
        assert_eq!(units.row(&[0.0; 6], &[2], (1, 0)), [0, 0, 1, 0, 0, 0]);
    }

    #[test]
    fn the_largest_leaf_fits() {
        for largest in [0.31, 1.0, 17.0, 32_000.0] {
            let units = Units::fit(largest).unwrap();
            let (top, bottom) = (units.leaf(largest), units.leaf(-largest));
            assert_eq!(top, -bottom);
            assert!(i32::from(top) > 16_000, "{largest}: {top}");
        }
        assert_eq!(Units::fit(0.0).unwrap(), Units(1_048_576));
        assert_eq!(Units::fit(40_000.0), Err(ImportError::TooLarge { what: "a leaf" }));
    }
}
