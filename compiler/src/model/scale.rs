//! From leaves in logits to whole numbers.

use super::ImportError;

/// The most units that a logit is made of: finer than this, a leaf's rounding is below what 4-byte floats of training tell.
const MOST_UNITS: f64 = 1_048_576.0;

/// The largest bias, in logits. With [`MOST_UNITS`] and all leaves its sum stays within 32 bits.
const MOST_BIAS: f64 = 1_000.0;

/// How many units one logit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Units(pub(super) u32);

impl Units {
    /// As many as let the largest of these numbers fit into 16 bits.
    pub(super) fn fit(largest: f64) -> Result<Self, ImportError> {
        let units = (f64::from(i16::MAX) / largest).min(MOST_UNITS).floor();
        // Not a number where nothing is larger than 0: then any will do.
        if units < 1.0 { Err(ImportError::TooLarge { what: "a leaf" }) } else { Ok(Self(units as u32)) }
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
    fn the_largest_leaf_fits() {
        for largest in [0.31, 1.0, 17.0, 32_767.0] {
            let units = Units::fit(largest).unwrap();
            let (top, bottom) = (units.leaf(largest), units.leaf(-largest));
            assert_eq!(top, -bottom);
            assert!(i32::from(top) > 16_000, "{largest}: {top}");
        }
        assert_eq!(Units::fit(0.0).unwrap(), Units(1_048_576));
        assert_eq!(Units::fit(40_000.0), Err(ImportError::TooLarge { what: "a leaf" }));
    }
}
