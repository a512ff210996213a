//! The receiver operating characteristic of weighted rows. smartcore's area under it knows no weights; a test holds this one
//! to it where all are 1.

/// A scored row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Point {
    /// What rows are ranked by: higher is more like a program.
    pub(crate) score: f64,
    /// Of being a program, from 0 to 1.
    pub(crate) probability: f64,
    pub(crate) is_program: bool,
    pub(crate) weight: f64,
    /// Its person, by number: who is drawn is drawn with all rows.
    pub(crate) person: usize,
}

/// Rows in the order of their scores, the highest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ranked(Vec<Point>);

/// Shares of people (first) and of programs (second) at or above each score, from (0, 0) to (1, 1).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Curve {
    steps: Vec<(f64, f64)>,
    people: f64,
    programs: f64,
}

impl Ranked {
    pub(crate) fn new(mut points: Vec<Point>) -> Self {
        points.sort_by(|one, other| other.score.total_cmp(&one.score));
        Self(points)
    }

    pub(crate) fn points(&self) -> &[Point] {
        &self.0
    }

    /// The curve of these rows; none where there are only people or only programs.
    pub(crate) fn curve(&self, times: impl Fn(&Point) -> f64) -> Option<Curve> {
        let mut steps = vec![(0.0, 0.0)];
        let (mut people, mut programs) = (0.0, 0.0);
        for tied in self.0.chunk_by(|one, other| one.score == other.score) {
            for point in tied {
                let weight = point.weight * times(point);
                if point.is_program { programs += weight } else { people += weight }
            }
            steps.push((people, programs));
        }
        if people <= 0.0 || programs <= 0.0 {
            return None;
        }
        for (x, y) in &mut steps {
            (*x, *y) = (*x / people, *y / programs);
        }
        Some(Curve { steps, people, programs })
    }
}

impl Curve {
    pub(crate) fn steps(&self) -> &[(f64, f64)] {
        &self.steps
    }

    /// The chance that a program scores above a person; ties count half.
    pub(crate) fn area(&self) -> f64 {
        self.pairs().map(|((x0, y0), (x1, y1))| (x1 - x0) * f64::midpoint(y0, y1)).sum()
    }

    /// The mean of precision over recall, one step a score, as scikit-learn has it.
    pub(crate) fn average_precision(&self) -> f64 {
        let precision = |(x, y): (f64, f64)| y * self.programs / (y * self.programs + x * self.people);
        self.pairs().filter(|((_, y0), (_, y1))| y1 > y0).map(|((_, y0), to)| (to.1 - y0) * precision(to)).sum()
    }

    /// The least share of people above a score that at least this share of programs is above.
    pub(crate) fn false_at(&self, found: f64) -> f64 {
        let step = self.steps.iter().find(|(_, y)| *y >= found - EPSILON);
        step.map_or(1.0, |(x, _)| *x)
    }

    /// The largest share of programs above a score that at most this share of people is above.
    pub(crate) fn found_at(&self, wrong: f64) -> f64 {
        let step = self.steps.iter().rev().find(|(x, _)| *x <= wrong + EPSILON);
        step.map_or(0.0, |(_, y)| *y)
    }

    fn pairs(&self) -> impl Iterator<Item = ((f64, f64), (f64, f64))> {
        self.steps.iter().copied().zip(self.steps.iter().copied().skip(1))
    }
}

/// Sums of weights do not add up to the last bit.
const EPSILON: f64 = 1e-9;

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;
    use smartcore::metrics::roc_auc_score;

    pub(crate) fn point(score: f64, is_program: bool, weight: f64) -> Point {
        Point { score, probability: 0.5, is_program, weight, person: 0 }
    }

    fn curve(points: &[(f64, bool, f64)]) -> Option<Curve> {
        let points = points.iter().map(|(score, is_program, weight)| point(*score, *is_program, *weight));
        Ranked::new(points.collect()).curve(|_| 1.0)
    }

    #[test]
    fn four_rows_by_hand() {
        // Ranked: program 0.8, person 0.4, program 0.35, person 0.1 (scikit-learn's own example).
        let curve = curve(&[(0.1, false, 1.0), (0.4, false, 1.0), (0.35, true, 1.0), (0.8, true, 1.0)]).unwrap();
        assert!((curve.area() - 0.75).abs() < 1e-12);
        assert!((curve.average_precision() - 0.833_333_333).abs() < 1e-6);
        assert_eq!(
            (curve.false_at(0.5), curve.false_at(0.9), curve.found_at(0.0), curve.found_at(0.5)),
            (0.0, 0.5, 0.5, 1.0)
        );
    }

    #[test]
    fn a_weight_counts_as_so_many_rows() {
        let heavy = curve(&[(1.0, true, 3.0), (0.5, false, 2.0), (0.4, true, 1.0), (0.1, false, 1.0)]).unwrap();
        let many: Vec<_> = [(1.0, true, 3), (0.5, false, 2), (0.4, true, 1), (0.1, false, 1)]
            .iter()
            .flat_map(|(score, is_program, times)| vec![(*score, *is_program, 1.0); *times])
            .collect();
        let many = curve(&many).unwrap();
        assert!((heavy.area() - many.area()).abs() < 1e-12);
        assert!((heavy.average_precision() - many.average_precision()).abs() < 1e-12);
        assert_eq!(heavy.false_at(0.9), many.false_at(0.9));
    }

    #[test]
    fn one_class_has_no_curve() {
        assert_eq!(curve(&[(1.0, true, 1.0)]), None);
        assert_eq!(curve(&[]), None);
    }

    proptest! {
        #[test]
        fn the_area_is_smartcores(rows in prop::collection::vec((0_u8..20, any::<bool>()), 2..80)) {
            let labels: Vec<f64> = rows.iter().map(|(_, is_program)| f64::from(u8::from(*is_program))).collect();
            let scores: Vec<f64> = rows.iter().map(|(score, _)| f64::from(*score)).collect();
            let rows: Vec<_> = rows.iter().map(|(score, is_program)| (f64::from(*score), *is_program, 1.0)).collect();
            if let Some(curve) = curve(&rows) {
                prop_assert!((curve.area() - roc_auc_score(&labels, &scores)).abs() < 1e-9);
            }
        }
    }
}
