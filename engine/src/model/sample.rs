//! Models for tests: any within bounds.

use super::{
    Bins, Calibration, Cell, Input, MAX_BINS, MAX_CATEGORIES, MAX_DEPTH, MAX_INPUTS, Parts, STEPS, Shapley, Split,
    Tree, UNFIT,
};
use crate::{
    fact::Fact,
    layer::Layer,
    signals::{Kind, Reading, SIGNALS, Value},
};
use alloc::{format, string::String, vec, vec::Vec};
use proptest::{collection, option, prelude::*, sample};

/// Any model of so many trees, and values for its inputs.
pub(crate) fn any_model(trees: impl Into<collection::SizeRange>) -> impl Strategy<Value = Parts> {
    let trees = trees.into();
    let signals = sample::subsequence(usable(), 1..=MAX_INPUTS).prop_shuffle();
    signals.prop_flat_map(|signals| signals.into_iter().map(any_input).collect::<Vec<_>>()).prop_flat_map(
        move |inputs| {
            let bins: Vec<u8> = inputs.iter().map(|input| input.bins.count().try_into().unwrap()).collect();
            let forest = collection::vec(any_tree(bins), trees.clone());
            let scale = (any_needs(&inputs), -100_000..100_000, 1_u32..1 << 24, any_calibration(), any::<bool>());
            (Just(inputs), forest, scale).prop_map(
                |(inputs, forest, (needs, bias, per_logit, calibration, says_why))| {
                    let (trees, tables) = forest.into_iter().unzip();
                    let (id, layer) = (String::from("test-1"), Layer::Behaviour);
                    let contributions = Some(tables).filter(|_| says_why);
                    Parts { id, layer, inputs, needs, trees, bias, per_logit, calibration, contributions }
                },
            )
        },
    )
}

/// Values that a model's inputs may have, missing ones among them.
pub(crate) fn any_row(parts: &Parts) -> impl Strategy<Value = Vec<Option<Owned>>> + use<> {
    parts.inputs.iter().map(|input| option::weighted(0.8, any_value(&input.bins))).collect::<Vec<_>>()
}

/// A value of a signal that owns its text.
#[derive(Clone, Debug)]
pub(crate) enum Owned {
    Int(i64),
    Bool(bool),
    Text(String),
}

impl Owned {
    /// As a signal reads it.
    pub(crate) fn reading(&self) -> Reading<'_> {
        Fact::Known(match self {
            Self::Int(number) => Value::Int(*number),
            Self::Bool(is) => Value::Bool(*is),
            Self::Text(text) => Value::Text(text.as_bytes()),
        })
    }

    /// As a model takes it, told apart from how it is served.
    pub(crate) fn cell(&self) -> Cell<'_> {
        match self {
            Self::Int(number) => Cell::Number((*number).clamp(0, 65_535) as u16),
            Self::Bool(is) => Cell::Number(if *is { 1 } else { 0 }),
            Self::Text(text) => Cell::Text(text.as_bytes()),
        }
    }
}

/// A model with everything as large as is common, without contributions: 64 inputs of 32 bins with borders and shares
/// anywhere, named as signals are, and trees whose
/// leaves take 13 to 16 bits.
pub(crate) fn large(trees: usize) -> Parts {
    let mut state = 1_u64;
    let mut random = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap()
    };
    let inputs = (0..MAX_INPUTS)
        .map(|place| Input {
            signal: format!("pointer.submovements{place}"),
            reason: format!("motion.reason{}", place % 12),
            bins: Bins::Number(
                (1..=30).map(|border| border * 2_000 + u16::try_from(random() % 2_000).unwrap()).collect(),
            ),
            shares: (0..32).map(|_| u16::try_from(random() % 2_048).unwrap()).collect(),
        })
        .collect();
    let trees = (0..trees)
        .map(|tree| Tree {
            splits: (0..MAX_DEPTH)
                .map(|_| Split { input: (random() % MAX_INPUTS) as u8, bin: (1 + random() % 31) as u8 })
                .collect(),
            leaves: (0..1 << MAX_DEPTH).map(|_| (random() as u16 as i16) >> (tree % 4)).collect(),
        })
        .collect();
    let steps = (0..STEPS).map(|step| (step * 10_000 / (STEPS - 1)) as u16).collect();
    Parts {
        id: "large-2026.11".into(),
        layer: Layer::Device,
        inputs,
        needs: vec![(0, 12)],
        trees,
        bias: -1,
        per_logit: 20_000,
        calibration: Calibration { from: -200_000, shift: 9, steps },
        contributions: None,
    }
}

/// Signals that can be inputs, by name and kind.
fn usable() -> Vec<(&'static str, Kind)> {
    let all = SIGNALS.iter().map(|signal| (signal.name, signal.kind));
    let is_unfit = |name: &str| UNFIT.iter().any(|(unfit, _)| *unfit == name);
    all.filter(|(name, kind)| *kind != Kind::Address && !is_unfit(name)).collect()
}

fn any_input((signal, kind): (&'static str, Kind)) -> impl Strategy<Value = Input> {
    let bins = match kind {
        Kind::Text => any_texts().boxed(),
        _ => collection::btree_set(any::<u16>(), 0..=MAX_BINS - 2)
            .prop_map(|borders| Bins::Number(borders.into_iter().collect()))
            .boxed(),
    };
    (bins, "[a-z]{1,3}\\.[a-z]{1,2}").prop_flat_map(move |(bins, reason)| {
        collection::vec(0..1_000_u16, bins.count()).prop_map(move |shares| Input {
            signal: signal.into(),
            reason: reason.clone(),
            bins: bins.clone(),
            shares,
        })
    })
}

fn any_texts() -> impl Strategy<Value = Bins> {
    let bin = || 1..MAX_BINS as u8;
    let known = collection::btree_map(any_text(), bin(), 0..=MAX_CATEGORIES);
    (known, bin()).prop_map(|(known, other)| Bins::Text { known: known.into_iter().collect(), other })
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-d]{0,3}", "\\PC{0,8}"]
}

fn any_value(bins: &Bins) -> BoxedStrategy<Owned> {
    match bins {
        Bins::Number(borders) if borders.is_empty() => any_number().boxed(),
        Bins::Number(borders) => {
            let near = sample::select(borders.clone()).prop_flat_map(|at| i64::from(at) - 1..=i64::from(at) + 1);
            prop_oneof![any_number(), near.prop_map(Owned::Int)].boxed()
        }
        Bins::Text { known, .. } if known.is_empty() => any_text().prop_map(Owned::Text).boxed(),
        Bins::Text { known, .. } => {
            let known = sample::select(known.clone()).prop_map(|(text, _)| text);
            prop_oneof![known, any_text()].prop_map(Owned::Text).boxed()
        }
    }
}

fn any_number() -> impl Strategy<Value = Owned> {
    let ends = [i64::MIN, -1, 0, 1, 65_534, 65_535, 65_536, i64::MAX];
    let numbers = prop_oneof![any::<i64>(), 0..65_536_i64, sample::select(ends.as_slice().to_vec())];
    prop_oneof![3 => numbers.prop_map(Owned::Int), 1 => any::<bool>().prop_map(Owned::Bool)]
}

/// A tree of any depth, and contributions that add up to its leaves.
fn any_tree(bins: Vec<u8>) -> impl Strategy<Value = (Tree, Shapley)> {
    let asked: Vec<_> = bins.into_iter().enumerate().filter(|(_, bins)| *bins > 1).collect();
    let split = sample::select(asked)
        .prop_flat_map(|(input, bins)| (1..bins).prop_map(move |bin| Split { input: input as u8, bin }));
    collection::vec(split, 0..=MAX_DEPTH).prop_flat_map(|splits| {
        let adds = collection::vec(-5_000..5_000_i16, splits.len());
        (Just(splits.clone()), collection::vec(adds, 1 << splits.len()), -2_000..2_000_i16).prop_map(of_rows)
    })
}

fn of_rows((splits, rows, mean): (Vec<Split>, Vec<Vec<i16>>, i16)) -> (Tree, Shapley) {
    let is_first = |at: usize| splits[..at].iter().all(|earlier| earlier.input != splits[at].input);
    let row = |adds: Vec<i16>| core::array::from_fn(|at| if at < adds.len() && is_first(at) { adds[at] } else { 0 });
    let table: Vec<[i16; MAX_DEPTH]> = rows.into_iter().map(row).collect();
    let leaves = table.iter().map(|row| mean + row.iter().sum::<i16>()).collect();
    (Tree { splits, leaves }, Shapley(table))
}

fn any_needs(inputs: &[Input]) -> impl Strategy<Value = Vec<(u8, u16)>> + use<> {
    let numbers = inputs.iter().enumerate().filter(|(_, input)| matches!(input.bins, Bins::Number(_)));
    let numbers: Vec<u8> = numbers.map(|(place, _)| place as u8).collect();
    let most = numbers.len().min(2);
    sample::subsequence(numbers, 0..=most)
        .prop_flat_map(|some| some.into_iter().map(|input| (Just(input), 0..20_000_u16)).collect::<Vec<_>>())
}

fn any_calibration() -> impl Strategy<Value = Calibration> {
    (-500_000..500_000, 0..=16_u8, collection::vec(0..=10_000_u16, STEPS)).prop_map(|(from, shift, mut steps)| {
        steps.sort_unstable();
        Calibration { from, shift, steps }
    })
}
