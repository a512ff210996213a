//! Oblivious trees over bins of a byte, 16 trees at a time.
//!
//! The bins of a row are four vectors of 16 bytes. A question of 16 trees is answered by looking up its inputs' bins in
//! these, by one comparison, and by one bit in the number of each tree's leaf. Only leaves are looked up one by one.

use super::{MAX_DEPTH, MAX_INPUTS, Shapley, Tree, vector};
use alloc::vec::Vec;

/// How many trees are walked at a time.
pub(super) const LANES: usize = 16;

/// The most leaves of a tree.
pub(super) const LEAVES: usize = 1 << MAX_DEPTH;

/// What 16 trees ask: of each question, the inputs and the highest bins for no.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    pub(super) inputs: [[u8; LANES]; MAX_DEPTH],
    pub(super) no: [[i8; LANES]; MAX_DEPTH],
}

/// The trees of a model.
#[derive(Clone)]
pub(super) struct Forest {
    pub(super) asked: Vec<Asked>,
    // INVARIANT: as many as trees, and no more than 16 for each of `asked`.
    leaves: Vec<[i16; LEAVES]>,
    // INVARIANT: none, or as many as trees.
    said: Vec<Said>,
}

/// What a tree says about its inputs.
#[derive(Clone, Copy)]
struct Said {
    inputs: [u8; MAX_DEPTH],
    adds: [[i16; MAX_DEPTH]; LEAVES],
}

impl Forest {
    pub(super) fn new(trees: &[Tree], tables: &[Shapley]) -> Self {
        Self {
            asked: trees.chunks(LANES).map(Asked::of).collect(),
            leaves: trees.iter().map(|tree| padded(&tree.leaves)).collect(),
            said: trees.iter().zip(tables).map(|(tree, table)| Said::of(tree, table)).collect(),
        }
    }

    /// The sum of the leaves that a row falls into.
    #[inline]
    pub(super) fn sum(&self, level: vector::Level, bins: &[u8; MAX_INPUTS]) -> i32 {
        let mut sum = 0;
        let mut leaves = self.leaves.chunks(LANES);
        vector::walk(level, &self.asked, bins, |places| {
            for (leaves, place) in leaves.next().unwrap_or_default().iter().zip(places) {
                sum += i32::from(at(leaves, *place));
            }
        });
        sum
    }

    /// What each input adds to the mean.
    pub(super) fn contributions(&self, level: vector::Level, bins: &[u8; MAX_INPUTS]) -> [i32; MAX_INPUTS] {
        let mut sums = [0; MAX_INPUTS];
        let mut said = self.said.chunks(LANES);
        vector::walk(level, &self.asked, bins, |places| {
            for (said, place) in said.next().unwrap_or_default().iter().zip(places) {
                for (input, adds) in said.inputs.iter().zip(at(&said.adds, *place)) {
                    if let Some(sum) = sums.get_mut(usize::from(*input) % MAX_INPUTS) {
                        *sum += i32::from(adds);
                    }
                }
            }
        });
        sums
    }
}

/// What stands at a leaf's place. The remainder shows the compiler that it is there.
#[inline(always)]
fn at<T: Copy + Default>(leaves: &[T; LEAVES], place: u8) -> T {
    leaves.get(usize::from(place) % LEAVES).copied().unwrap_or_default()
}

/// Leaves that a shallow tree does not have are never come to.
fn padded<T: Copy + Default>(leaves: &[T]) -> [T; LEAVES] {
    core::array::from_fn(|leaf| leaves.get(leaf).copied().unwrap_or_default())
}

impl Asked {
    /// Questions that no tree asks have no bin for yes.
    fn of(trees: &[Tree]) -> Self {
        let mut asked = Self { inputs: [[0; LANES]; MAX_DEPTH], no: [[i8::MAX; LANES]; MAX_DEPTH] };
        for (lane, tree) in trees.iter().enumerate() {
            for ((split, inputs), no) in tree.splits.iter().zip(&mut asked.inputs).zip(&mut asked.no) {
                if let (Some(input), Some(no)) = (inputs.get_mut(lane), no.get_mut(lane)) {
                    (*input, *no) = (split.input, i8::try_from(split.bin - 1).unwrap_or(i8::MAX));
                }
            }
        }
        asked
    }
}

impl Said {
    fn of(tree: &Tree, table: &Shapley) -> Self {
        let input = |question: usize| tree.splits.get(question).map_or(0, |split| split.input);
        Self { inputs: core::array::from_fn(input), adds: padded(&table.0) }
    }
}
