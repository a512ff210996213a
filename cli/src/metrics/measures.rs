//! What is measured.

use serde::Serialize;

use super::curve::{Curve, Point};

/// One number about scored rows.
#[derive(Clone, Copy)]
pub(crate) struct Measure {
    /// Its key in JSON.
    pub(crate) key: &'static str,
    /// Its name in tables.
    pub(crate) name: &'static str,
    pub(crate) unit: Unit,
    of: fn(&Curve, &[(f64, Point)]) -> f64,
}

/// How a number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// From 0 to 1.
    Plain,
    /// As a percentage, a share of people: small is good.
    People,
    /// As a percentage, a share of programs: large is good.
    Programs,
}

/// How many bins the calibration error has, of the same width.
const BINS: usize = 15;

/// Everything that is measured.
pub(crate) const MEASURES: [Measure; 10] = [
    Measure { key: "auc", name: "AUC", unit: Unit::Plain, of: |curve, _| curve.area() },
    Measure { key: "average_precision", name: "AP", unit: Unit::Plain, of: |curve, _| curve.average_precision() },
    Measure { key: "fpr_at_tpr_90", name: "FPR@90", unit: Unit::People, of: |curve, _| curve.false_at(0.90) },
    Measure { key: "fpr_at_tpr_95", name: "FPR@95", unit: Unit::People, of: |curve, _| curve.false_at(0.95) },
    Measure { key: "fpr_at_tpr_99", name: "FPR@99", unit: Unit::People, of: |curve, _| curve.false_at(0.99) },
    Measure { key: "tpr_at_fpr_0.1", name: "TPR@0.1", unit: Unit::Programs, of: |curve, _| curve.found_at(0.001) },
    Measure { key: "tpr_at_fpr_0.5", name: "TPR@0.5", unit: Unit::Programs, of: |curve, _| curve.found_at(0.005) },
    Measure { key: "tpr_at_fpr_1", name: "TPR@1", unit: Unit::Programs, of: |curve, _| curve.found_at(0.01) },
    Measure { key: "brier", name: "Brier", unit: Unit::Plain, of: |_, weighted| brier(weighted) },
    Measure { key: "ece", name: "ECE", unit: Unit::Plain, of: |_, weighted| ece(weighted) },
];

impl Measure {
    /// The number, of a curve and its rows with their weights.
    pub(super) fn of(&self, curve: &Curve, weighted: &[(f64, Point)]) -> f64 {
        (self.of)(curve, weighted)
    }
}

fn brier(weighted: &[(f64, Point)]) -> f64 {
    let square = |point: &Point| (point.probability - f64::from(u8::from(point.is_program))).powi(2);
    weighted.iter().map(|(weight, point)| weight * square(point)).sum::<f64>() / total(weighted)
}

/// The expected calibration error: how far the probabilities of a bin are from the share of programs in it, on average over
/// rows (Guo and others, *On calibration of modern neural networks*, 2017).
fn ece(weighted: &[(f64, Point)]) -> f64 {
    let bins = bins(weighted);
    bins.iter().map(|bin| (bin.probability - bin.programs).abs() * bin.share).sum()
}

/// Rows of about the same probability.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Bin {
    /// Their mean probability.
    pub(crate) probability: f64,
    /// The share of programs among them.
    pub(crate) programs: f64,
    /// Their share of all rows.
    pub(crate) share: f64,
}

/// Probabilities and what came of them, in bins; empty ones are left out.
pub(crate) fn reliability(points: &[Point]) -> Vec<Bin> {
    bins(&points.iter().map(|point| (point.weight, *point)).collect::<Vec<_>>())
}

fn bins(weighted: &[(f64, Point)]) -> Vec<Bin> {
    let mut bins = vec![Bin::default(); BINS];
    for (weight, point) in weighted {
        let at = (point.probability * BINS as f64) as usize;
        if let Some(bin) = bins.get_mut(at.min(BINS - 1)) {
            bin.probability += weight * point.probability;
            bin.programs += if point.is_program { *weight } else { 0.0 };
            bin.share += weight;
        }
    }
    let total = total(weighted);
    let mean = |bin: Bin| Bin {
        probability: bin.probability / bin.share,
        programs: bin.programs / bin.share,
        share: bin.share / total,
    };
    bins.into_iter().filter(|bin| bin.share > 0.0).map(mean).collect()
}

fn total(weighted: &[(f64, Point)]) -> f64 {
    weighted.iter().map(|(weight, _)| weight).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(probability: f64, is_program: bool, weight: f64) -> (f64, Point) {
        (weight, Point { score: probability, probability, is_program, weight, person: 0 })
    }

    #[test]
    fn calibration_by_hand() {
        let rows = [row(0.9, true, 1.0), row(0.9, false, 1.0), row(0.1, false, 2.0)];
        assert!((brier(&rows) - (0.01 + 0.81 + 0.02) / 4.0).abs() < 1e-12);
        // Half of the rows say 0.9 where half are programs; the others say 0.1 where none are.
        assert!((ece(&rows) - (0.4 * 0.5 + 0.1 * 0.5)).abs() < 1e-12);
        assert_eq!(bins(&rows).len(), 2);
        assert!((ece(&[row(1.0, true, 1.0), row(0.0, false, 1.0)])).abs() < 1e-12);
    }
}
