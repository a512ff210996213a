//! Exact Shapley values of an oblivious tree, by leaf.
//!
//! A leaf fixes every answer in its tree, so what each input adds there is a constant (path-dependent TreeSHAP: Lundberg and
//! others, *From local explanations to global understanding with explainable AI for trees*, 2020). The worth of a set of
//! inputs is the mean of the leaves that agree with it, by training weight, where the last question stands at the root:
//! CatBoost's own order, so the values equal its `ShapValues`.

use outwork_engine::model::{MAX_DEPTH, Split};

/// What each question of a tree adds to the mean of its leaves, one row a leaf. Of two questions about one input, the first has
/// the sum and the second 0.
///
/// `values` and `weights` have 2 to the number of questions of elements.
pub(super) fn rows(splits: &[Split], values: &[f64], weights: &[f64]) -> Vec<[f64; MAX_DEPTH]> {
    let players = Players::of(splits);
    let covers = covers(weights);
    (0..values.len())
        .map(|leaf| {
            let worths: Vec<f64> = (0..1_usize << players.count)
                .map(|set| worth(values, &covers, leaf, players.questions_of(set)))
                .collect();
            players.row(&worths)
        })
        .collect()
}

/// The mean of a tree's leaves, by training weight.
pub(super) fn mean(values: &[f64], weights: &[f64]) -> f64 {
    worth(values, &covers(weights), 0, 0)
}

/// The first question about each input of a tree.
pub(super) fn first_questions(splits: &[Split]) -> Vec<usize> {
    Players::of(splits).first
}

/// The inputs of a tree, each by the first question about it.
struct Players {
    // The player that asks each question.
    of: Vec<usize>,
    // The first question of each player.
    first: Vec<usize>,
    count: usize,
}

impl Players {
    fn of(splits: &[Split]) -> Self {
        let mut inputs: Vec<u8> = Vec::new();
        let (mut of, mut first) = (Vec::new(), Vec::new());
        for (question, split) in splits.iter().enumerate() {
            let player = inputs.iter().position(|&input| input == split.input).unwrap_or_else(|| {
                inputs.push(split.input);
                first.push(question);
                inputs.len() - 1
            });
            of.push(player);
        }
        Self { of, first, count: inputs.len() }
    }

    /// The questions that a set of players asks, as bits.
    fn questions_of(&self, set: usize) -> usize {
        let asked = self.of.iter().enumerate().filter(|(_, player)| set >> **player & 1 == 1);
        asked.fold(0, |questions, (question, _)| questions | 1 << question)
    }

    /// The Shapley value of each player, at its first question.
    fn row(&self, worths: &[f64]) -> [f64; MAX_DEPTH] {
        let mut row = [0.0; MAX_DEPTH];
        for (player, &question) in self.first.iter().enumerate() {
            if let Some(place) = row.get_mut(question) {
                *place = self.value(player, worths);
            }
        }
        row
    }

    /// The mean of what a player adds, over all orders in which players come.
    fn value(&self, player: usize, worths: &[f64]) -> f64 {
        let worth = |set: usize| worths.get(set).copied().unwrap_or(0.0);
        let without = (0..worths.len()).filter(|set| set >> player & 1 == 0);
        without.map(|set| self.chance(set.count_ones()) * (worth(set | 1 << player) - worth(set))).sum()
    }

    /// The chance that just this set of so many players came before: `s! (n − s − 1)! / n!`.
    fn chance(&self, before: u32) -> f64 {
        let factorial = |n: u32| f64::from((1..=n).product::<u32>());
        let count = u32::try_from(self.count).unwrap_or(0);
        factorial(before) * factorial(count.saturating_sub(before + 1)) / factorial(count)
    }
}

/// The training weight below each node, by level: the root first, the leaves last. A node of a level is the number of its
/// leaves' high bits.
fn covers(weights: &[f64]) -> Vec<Vec<f64>> {
    let mut levels = vec![weights.to_vec()];
    while let Some(level) = levels.last().filter(|level| level.len() > 1) {
        let above = level.chunks(2).map(|pair| pair.iter().sum()).collect();
        levels.push(above);
    }
    levels.reverse();
    levels
}

/// The mean of the leaves that agree with this one in these questions, by training weight.
fn worth(values: &[f64], covers: &[Vec<f64>], leaf: usize, questions: usize) -> f64 {
    let depth = covers.len() - 1;
    let mut level = values.to_vec();
    // From the leaves up: question 0 decides between neighbours.
    for question in 0..depth {
        let cover = covers.get(depth - question).map_or(&[][..], Vec::as_slice);
        let kept = (questions >> question & 1 == 1).then_some(leaf >> question & 1);
        level = level.chunks(2).zip(cover.chunks(2)).map(|(values, covers)| join(values, covers, kept)).collect();
    }
    level.first().copied().unwrap_or(0.0)
}

/// The worth of a node by those of its two children: that of one of them where the answer is kept, else their mean.
fn join(values: &[f64], covers: &[f64], kept: Option<usize>) -> f64 {
    let (&[low, high], &[low_cover, high_cover]) = (values, covers) else { return 0.0 };
    match kept {
        Some(0) => low,
        Some(_) => high,
        // Where no training row came, neither answer is the likelier one.
        None if low_cover + high_cover <= 0.0 => f64::midpoint(low, high),
        None => (low * low_cover + high * high_cover) / (low_cover + high_cover),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(input: u8) -> Split {
        Split { input, bin: 1 }
    }

    #[test]
    fn a_stump_has_the_distance_from_its_mean() {
        let rows = rows(&[split(3)], &[-1.0, 3.0], &[3.0, 1.0]);
        assert_eq!(rows, [[-1.0, 0.0, 0.0, 0.0, 0.0, 0.0], [3.0, 0.0, 0.0, 0.0, 0.0, 0.0]]);
    }

    #[test]
    fn the_values_of_a_leaf_add_up_to_its_distance_from_the_mean() {
        let values: Vec<f64> = (0..16).map(|leaf| f64::from(leaf * leaf % 7) - 2.5).collect();
        let weights: Vec<f64> = (0..16).map(|leaf| f64::from(leaf % 5)).collect();
        let total: f64 = weights.iter().sum();
        let mean: f64 = values.iter().zip(&weights).map(|(value, weight)| value * weight).sum::<f64>() / total;
        let rows = rows(&[split(0), split(1), split(0), split(2)], &values, &weights);
        for (row, value) in rows.iter().zip(&values) {
            assert!((row.iter().sum::<f64>() - (value - mean)).abs() < 1e-12);
            assert_eq!((row[2], row[4], row[5]), (0.0, 0.0, 0.0));
        }
    }

    #[test]
    fn inputs_that_do_the_same_have_the_same_value() {
        let rows = rows(&[split(0), split(1)], &[0.0, 1.0, 1.0, 2.0], &[1.0; 4]);
        assert_eq!(
            rows.iter().map(|row| (row[0], row[1])).collect::<Vec<_>>(),
            [(-0.5, -0.5), (0.5, -0.5), (-0.5, 0.5), (0.5, 0.5)]
        );
    }
}
