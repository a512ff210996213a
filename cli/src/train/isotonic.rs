//! Isotonic regression: the non-descending curve with the least squared error, by pooling adjacent violators (Ayer and others,
//! *An empirical distribution function for sampling with incomplete information*, 1955).
//!
//! The only crate for it is under the LGPL, which a statically linked tool of another licence does not meet easily.

/// What was observed at one score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Point {
    /// In logits.
    pub(crate) score: f64,
    pub(crate) is_program: bool,
    pub(crate) weight: f64,
}

/// Scores, and the probability of a program at each; both ascend.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Curve(Vec<(f64, f64)>);

/// Rows that have one probability.
#[derive(Clone, Copy)]
struct Block {
    scores: f64,
    programs: f64,
    weight: f64,
}

/// How many rows' worth of "half are programs" each block begins with: a block of some hundred rows without a program does not
/// prove that there are none.
const PRIOR: f64 = 1.0;

impl Curve {
    /// Fits the curve; without any points every probability is one half.
    pub(crate) fn fit(mut points: Vec<Point>) -> Self {
        points.retain(|point| point.weight > 0.0);
        points.sort_by(|one, other| one.score.total_cmp(&other.score));
        let mut blocks: Vec<Block> = Vec::new();
        for group in points.chunk_by(|one, other| one.score == other.score) {
            let mut block = group.iter().fold(Block::EMPTY, |block, point| block.and(Block::of(point)));
            while let Some(before) = blocks.pop_if(|before| before.share() >= block.share()) {
                block = before.and(block);
            }
            blocks.push(block);
        }
        let points: Vec<_> = blocks.iter().map(Block::point).collect();
        Self(ascending(points))
    }

    /// The probability at a score: on the line between the middles of two blocks, level beyond the outermost.
    pub(crate) fn at(&self, score: f64) -> f64 {
        let above = self.0.partition_point(|(middle, _)| *middle < score);
        let before = above.checked_sub(1).and_then(|at| self.0.get(at));
        match (before, self.0.get(above)) {
            (Some((from, low)), Some((to, high))) => low + (high - low) * (score - from) / (to - from),
            (Some((_, end)), None) | (None, Some((_, end))) => *end,
            (None, None) => 0.5,
        }
    }
}

impl Block {
    const EMPTY: Self = Self { scores: 0.0, programs: 0.0, weight: 0.0 };

    fn of(point: &Point) -> Self {
        let programs = if point.is_program { point.weight } else { 0.0 };
        Self { scores: point.score * point.weight, programs, weight: point.weight }
    }

    fn and(self, other: Self) -> Self {
        Self {
            scores: self.scores + other.scores,
            programs: self.programs + other.programs,
            weight: self.weight + other.weight,
        }
    }

    fn share(&self) -> f64 {
        self.programs / self.weight
    }

    fn point(&self) -> (f64, f64) {
        (self.scores / self.weight, (self.programs + PRIOR / 2.0) / (self.weight + PRIOR))
    }
}

/// What a block begins with may turn small neighbours round: the curve stays level there.
fn ascending(mut points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    let mut least = 0.0_f64;
    for (_, probability) in &mut points {
        least = least.max(*probability);
        *probability = least;
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn point(score: f64, is_program: bool) -> Point {
        Point { score, is_program, weight: 1_000.0 }
    }

    #[test]
    fn violators_are_pooled() {
        let curve = Curve::fit(vec![point(3.0, true), point(1.0, true), point(2.0, false), point(0.0, false)]);
        let near =
            |score: f64, wanted: f64| assert!((curve.at(score) - wanted).abs() < 0.001, "{score}: {}", curve.at(score));
        near(-9.0, 0.0);
        near(1.5, 0.5);
        near(0.75, 0.25);
        near(9.0, 1.0);
    }

    #[test]
    fn few_rows_prove_little() {
        let curve = Curve::fit(vec![Point { score: 0.0, is_program: false, weight: 3.0 }]);
        assert!((curve.at(0.0) - 0.125).abs() < 1e-12);
        assert!((Curve::fit(Vec::new()).at(1.0) - 0.5).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn it_never_descends(points in prop::collection::vec((-50_i8..50, any::<bool>(), 0.0_f64..3.0), 0..60), at in prop::collection::vec(-60.0_f64..60.0, 2..20)) {
            let points = points.into_iter().map(|(score, is_program, weight)| Point { score: score.into(), is_program, weight });
            let curve = Curve::fit(points.collect());
            let mut at = at;
            at.sort_by(f64::total_cmp);
            let all: Vec<f64> = at.iter().map(|score| curve.at(*score)).collect();
            prop_assert!(all.is_sorted(), "{all:?}");
            prop_assert!(all.iter().all(|probability| (0.0..=1.0).contains(probability)));
        }
    }
}
