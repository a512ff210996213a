//! A model as hosts serve it.

use super::{
    Bins, Calibration, Cell, Contributions, MAX_INPUTS, MISSING, ModelError, Parts, STEPS, Top, check::mean, read,
};
use crate::{
    rules::Layer,
    signals::{Kind, Reading, SIGNALS, Signal, by_name},
};
use alloc::vec::Vec;

/// A model as hosts serve it: bound to the signals of this engine.
#[derive(Clone)]
pub struct Model {
    parts: Parts,
    // INVARIANT: as many as inputs.
    signals: Vec<&'static Signal>,
    // What no input adds: the bias and the mean of every tree.
    mean: i32,
}

/// The bins that a request's values fall into, and whether enough was observed for a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binned {
    bins: [u8; MAX_INPUTS],
    is_enough: bool,
}

/// What a model says of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Score {
    /// The sum of bias and leaves, in units of which the model says how many are a logit.
    pub sum: i32,
    /// The probability that a program sent it, in ten-thousandths.
    pub probability: u16,
}

impl Binned {
    /// The bin of each input, in the model's order; [`MISSING`] beyond them.
    pub fn bins(&self) -> &[u8; MAX_INPUTS] {
        &self.bins
    }
}

impl Score {
    /// The probability in hundredths, rounded: points of a layer, 0 to 100.
    pub fn points(&self) -> u8 {
        u8::try_from((self.probability + 50) / 100).unwrap_or(100)
    }
}

impl Model {
    /// Reads a model and binds it to the signals of this engine.
    ///
    /// # Errors
    /// What [`read`] refuses, and signals that are not known here or of another type than the model takes them for.
    pub fn load(bytes: &[u8]) -> Result<Self, ModelError> {
        let parts = read(bytes)?;
        let signals = parts.inputs.iter().map(|input| bind(&input.signal, &input.bins)).collect::<Result<_, _>>()?;
        let tables = parts.contributions.iter().flatten();
        let mean = parts.bias + tables.zip(&parts.trees).filter_map(|(table, tree)| mean(table, tree)).sum::<i32>();
        Ok(Self { parts, signals, mean })
    }

    /// Its name.
    pub fn id(&self) -> &str {
        &self.parts.id
    }

    /// The layer of risk that it speaks for.
    pub fn layer(&self) -> Layer {
        self.parts.layer
    }

    /// How many units of sums and contributions are one logit.
    pub fn per_logit(&self) -> u32 {
        self.parts.per_logit
    }

    /// The sum of no knowledge: contributions add up to a score's sum less this. The bias alone where the model has no
    /// contributions.
    pub fn mean(&self) -> i32 {
        self.mean
    }

    /// What it looks at, and the reason that decisions give for each.
    pub fn inputs(&self) -> impl Iterator<Item = (&'static Signal, &str)> {
        self.signals.iter().copied().zip(self.parts.inputs.iter().map(|input| input.reason.as_str()))
    }

    /// The training shares of an input's bins, of 65,535; none where there is no such input.
    pub fn shares(&self, input: usize) -> &[u16] {
        self.parts.inputs.get(input).map_or(&[], |input| &input.shares)
    }

    /// The bins of a request, whose readings `read` gives: `|signal| (signal.read)(&scene)`.
    pub fn bin<'r>(&self, mut read: impl FnMut(&'static Signal) -> Reading<'r>) -> Binned {
        let mut bins = [MISSING; MAX_INPUTS];
        let mut values = [None; MAX_INPUTS];
        for (((signal, input), bin), value) in
            self.signals.iter().zip(&self.parts.inputs).zip(&mut bins).zip(&mut values)
        {
            *value = Cell::of(read(signal));
            *bin = value.map_or(MISSING, |cell| bin_of(&input.bins, cell));
        }
        let has = |(input, least): &(u8, u16)| match values.get(usize::from(*input)) {
            Some(Some(Cell::Number(value))) => value >= least,
            _ => false,
        };
        Binned { bins, is_enough: self.parts.needs.iter().all(has) }
    }

    /// The score; none where too little was observed for one.
    pub fn score(&self, binned: &Binned) -> Option<Score> {
        if !binned.is_enough {
            return None;
        }
        let leaves = self.parts.trees.iter().zip(self.leaves(binned)).filter_map(|(tree, leaf)| tree.leaves.get(leaf));
        let sum = self.parts.bias + leaves.map(|leaf| i32::from(*leaf)).sum::<i32>();
        Some(Score { sum, probability: probability(&self.parts.calibration, sum) })
    }

    /// How much each input moved the score; none where too little was observed, or the model has no contributions.
    pub fn contributions(&self, binned: &Binned) -> Option<Contributions> {
        let tables = self.parts.contributions.as_ref().filter(|_| binned.is_enough)?;
        let mut by_input = [0; MAX_INPUTS];
        for ((tree, leaf), table) in self.parts.trees.iter().zip(self.leaves(binned)).zip(tables) {
            for (split, adds) in tree.splits.iter().zip(table.0.get(leaf)?) {
                *by_input.get_mut(usize::from(split.input))? += i32::from(*adds);
            }
        }
        Some(Contributions::new(by_input))
    }

    /// The three reasons that moved the score most, by absolute value: each the sum of the inputs that share it.
    pub fn reasons(&self, contributions: &Contributions) -> Top<'_> {
        Top::of(
            self.parts.inputs.iter().map(|input| input.reason.as_str()).zip(contributions.by_input().iter().copied()),
        )
    }

    fn leaves(&self, binned: &Binned) -> impl Iterator<Item = usize> {
        self.parts.trees.iter().map(|tree| {
            let answers = tree.splits.iter().enumerate().map(|(question, split)| {
                let bin = binned.bins.get(usize::from(split.input)).copied().unwrap_or(MISSING);
                usize::from(bin >= split.bin) << question
            });
            answers.sum()
        })
    }
}

fn bind(name: &str, bins: &Bins) -> Result<&'static Signal, ModelError> {
    let signal = by_name(name).and_then(|place| SIGNALS.get(place));
    let signal = signal.ok_or_else(|| ModelError::UnknownSignal { name: name.into() })?;
    match (signal.kind, bins) {
        (Kind::Int | Kind::Bool, Bins::Number(_)) | (Kind::Text, Bins::Text { .. }) => Ok(signal),
        _ => Err(ModelError::Kind { name: name.into() }),
    }
}

fn bin_of(bins: &Bins, cell: Cell<'_>) -> u8 {
    match (bins, cell) {
        (Bins::Number(borders), Cell::Number(value)) => {
            let below = borders.partition_point(|border| *border < value);
            u8::try_from(below + 1).unwrap_or(MISSING)
        }
        (Bins::Text { known, other }, Cell::Text(text)) => known
            .binary_search_by(|(known, _)| known.as_bytes().cmp(text))
            .ok()
            .and_then(|at| known.get(at))
            .map_or(*other, |(_, bin)| *bin),
        _ => MISSING,
    }
}

fn probability(calibration: &Calibration, sum: i32) -> u16 {
    let step = usize::try_from((sum - calibration.from) >> calibration.shift).unwrap_or(0).min(STEPS - 1);
    calibration.steps.get(step).copied().unwrap_or(0)
}
