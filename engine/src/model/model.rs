//! A model as hosts serve it.

use super::{
    Bins, Calibration, Cell, Contributions, Input, MAX_INPUTS, MISSING, ModelError, STEPS, Top,
    binner::{Binner, Numbers, Texts, signed},
    check::mean,
    forest::Forest,
    read,
    reasons::Ranks,
    vector::Level,
};
use crate::{
    layer::Layer,
    signals::{Kind, Reading, SIGNALS, Signal, by_name},
};
use alloc::{string::String, vec::Vec};

/// A model as hosts serve it: bound to the signals of this engine.
#[derive(Clone)]
pub struct Model {
    id: String,
    // Tells it from every other model.
    pub(super) mark: u64,
    layer: Layer,
    per_logit: u32,
    inputs: Vec<Bound>,
    // Of each input of texts, its place and its bins.
    texts: Vec<(usize, Texts)>,
    // What decisions can give as reasons; inputs name them by place.
    reasons: Vec<String>,
    needs: Vec<(u8, u16)>,
    binner: Binner,
    forest: Forest,
    bias: i32,
    // What no input adds: the bias and the mean of every tree; the bias alone without contributions.
    mean: i32,
    says_why: bool,
    calibration: Calibration,
    level: Level,
}

/// Signals that are no inputs, and why: records hold what models look at, and numbers are clamped to 16 bits.
pub const UNFIT: &[(&str, &str)] = &[
    ("network.asn", "most numbers of networks are beyond 65,535, where inputs end"),
    ("request.authority", FREE),
    ("request.path", FREE),
    ("request.query", FREE),
    ("tls.sni", FREE),
];

const FREE: &str = "it is text of the visitor's, which models and records would keep";

/// An input, bound to its signal.
#[derive(Clone)]
struct Bound {
    signal: &'static Signal,
    // INVARIANT: the place of one of the model's reasons.
    reason: usize,
    shares: Vec<u16>,
}

/// The values that a model reads of a request.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub(super) numbers: Numbers,
    // Of an input of texts the bin, of every other input 0.
    texts: [u8; MAX_INPUTS],
}

/// The bins that a request's values fall into, and whether enough was observed for a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binned {
    bins: [u8; MAX_INPUTS],
    is_enough: bool,
}

/// What a model says of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// The sum of bias and leaves, in units of which the model says how many are a logit.
    pub sum: i32,
    /// The probability that a program sent it, in ten-thousandths.
    pub probability: u16,
}

impl Binned {
    #[cfg(test)]
    pub(super) fn of(bins: [u8; MAX_INPUTS]) -> Self {
        Self { bins, is_enough: true }
    }

    /// Whether enough was observed for a score.
    pub(super) fn is_enough(&self) -> bool {
        self.is_enough
    }

    /// The bin of each input, in the model's order; [`MISSING`] beyond them.
    pub fn bins(&self) -> &[u8; MAX_INPUTS] {
        &self.bins
    }
}

impl Score {
    /// Whether a program is more probable than not: from one half on.
    pub fn is_probable(&self) -> bool {
        self.probability >= 5_000
    }

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
        let tables = parts.contributions.as_deref().unwrap_or_default();
        let means = tables.iter().zip(&parts.trees).filter_map(|(table, tree)| mean(table, tree));
        let mut reasons = Vec::new();
        let inputs = parts.inputs.iter().map(|input| Bound::of(input, &mut reasons)).collect::<Result<_, _>>()?;
        Ok(Self {
            mean: parts.bias + means.sum::<i32>(),
            binner: Binner::new(&parts.inputs),
            forest: Forest::new(&parts.trees, tables),
            says_why: parts.contributions.is_some(),
            texts: parts.inputs.into_iter().enumerate().filter_map(texts).collect(),
            inputs,
            reasons,
            id: parts.id,
            mark: mark(bytes),
            layer: parts.layer,
            per_logit: parts.per_logit,
            needs: parts.needs,
            bias: parts.bias,
            calibration: parts.calibration,
            level: Level::detect(),
        })
    }

    /// Its name.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The layer of risk that it speaks for.
    pub fn layer(&self) -> Layer {
        self.layer
    }

    /// How many units of sums and contributions are one logit.
    pub fn per_logit(&self) -> u32 {
        self.per_logit
    }

    /// The sum of no knowledge: contributions add up to a score's sum less this. The bias alone where the model has no
    /// contributions.
    pub fn mean(&self) -> i32 {
        self.mean
    }

    /// What it looks at, and the reason that decisions give for each.
    pub fn inputs(&self) -> impl Iterator<Item = (&'static Signal, &str)> {
        self.inputs.iter().map(|input| (input.signal, self.reasons.get(input.reason).map_or("", String::as_str)))
    }

    /// The training shares of an input's bins, of 65,535; none where there is no such input.
    pub fn shares(&self, input: usize) -> &[u16] {
        self.inputs.get(input).map_or(&[], |input| &input.shares)
    }

    /// Whether enough was observed for a score: without that, no other value of a request need be read.
    pub fn has_enough<'r>(&self, mut read: impl FnMut(&'static Signal) -> Reading<'r>) -> bool {
        self.needs.iter().all(|(input, least)| {
            let signal = self.inputs.get(usize::from(*input)).map(|input| input.signal);
            matches!(signal.and_then(|signal| Cell::of(read(signal))), Some(Cell::Number(number)) if number >= *least)
        })
    }

    /// The bins of a request, whose readings `read` gives: `|signal| (signal.read)(&scene)`.
    pub fn bin<'r>(&self, read: impl FnMut(&'static Signal) -> Reading<'r>) -> Binned {
        self.bin_row(&self.row(read))
    }

    /// The values of a request, whose readings `read` gives. What is absent or unavailable, and what is of another type
    /// than its signal has, is missing.
    pub fn row<'r>(&self, mut read: impl FnMut(&'static Signal) -> Reading<'r>) -> Row {
        let mut row = Row::EMPTY;
        let places = row.numbers.values.iter_mut().zip(&mut row.numbers.known).zip(&mut row.texts);
        for (place, (input, ((value, known), text))) in self.inputs.iter().zip(places).enumerate() {
            match Cell::of(read(input.signal)) {
                Some(Cell::Number(number)) => (*value, *known) = (signed(number), u16::MAX),
                Some(Cell::Text(sent)) => *text = self.texts_of(place).map_or(MISSING, |texts| texts.bin(sent)),
                None => {}
            }
        }
        for (place, _) in &self.texts {
            row.numbers.known.get_mut(*place).into_iter().for_each(|known| *known = 0);
        }
        row
    }

    fn texts_of(&self, place: usize) -> Option<&Texts> {
        self.texts.iter().find(|(of, _)| *of == place).map(|(_, texts)| texts)
    }

    /// The bins of values.
    pub fn bin_row(&self, row: &Row) -> Binned {
        let mut bins = self.binner.bins(self.level, &row.numbers);
        bins.iter_mut().zip(&row.texts).for_each(|(bin, text)| *bin |= text);
        let is_enough = self.needs.iter().all(|(input, least)| row.has(*input, *least));
        Binned { bins, is_enough }
    }

    /// The score; none where too little was observed for one.
    pub fn score(&self, binned: &Binned) -> Option<Score> {
        if !binned.is_enough {
            return None;
        }
        let sum = self.bias + self.forest.sum(self.level, &binned.bins);
        Some(Score { sum, probability: probability(&self.calibration, sum) })
    }

    /// How much each input moved the score; none where too little was observed, or the model has no contributions.
    pub fn contributions(&self, binned: &Binned) -> Option<Contributions> {
        let can = self.says_why && binned.is_enough;
        can.then(|| Contributions::new(self.forest.contributions(self.level, &binned.bins)))
    }

    /// The reasons that moved the score most, and those that raised it most: each the sum of the inputs that share it.
    pub fn reasons(&self, contributions: &Contributions) -> Top<'_> {
        self.named(self.ranks(contributions))
    }

    pub(super) fn named(&self, ranks: Ranks) -> Top<'_> {
        Top::new(&self.reasons, ranks)
    }

    pub(super) fn ranks(&self, contributions: &Contributions) -> Ranks {
        let mut sums = [0; MAX_INPUTS];
        for (input, adds) in self.inputs.iter().zip(contributions.by_input()) {
            sums.get_mut(input.reason).into_iter().for_each(|sum| *sum += adds);
        }
        Ranks::of(sums)
    }
}

impl Row {
    /// Nothing is known.
    pub const EMPTY: Self =
        Self { numbers: Numbers { values: [0; MAX_INPUTS], known: [0; MAX_INPUTS] }, texts: [0; MAX_INPUTS] };

    /// Whether an input has a number that is not less than this.
    fn has(&self, input: u8, least: u16) -> bool {
        let place = usize::from(input);
        let known = self.numbers.known.get(place).is_some_and(|known| *known != 0);
        known && self.numbers.values.get(place).is_some_and(|value| *value >= signed(least))
    }
}

impl Bound {
    /// Adds the input's reason to the others, unless it is one of them.
    fn of(input: &Input, reasons: &mut Vec<String>) -> Result<Self, ModelError> {
        let signal = bind(&input.signal, &input.bins)?;
        let reason = reasons.iter().position(|reason| *reason == input.reason).unwrap_or(reasons.len());
        if reason == reasons.len() {
            reasons.push(input.reason.clone());
        }
        Ok(Self { signal, reason, shares: input.shares.clone() })
    }
}

/// The last bits of a file, which are of a hash of all that is before them.
fn mark(file: &[u8]) -> u64 {
    file.last_chunk().map_or(0, |last| u64::from_le_bytes(*last))
}

fn texts((place, input): (usize, Input)) -> Option<(usize, Texts)> {
    Texts::of(input.bins).map(|texts| (place, texts))
}

fn bind(name: &str, bins: &Bins) -> Result<&'static Signal, ModelError> {
    let signal = by_name(name).and_then(|place| SIGNALS.get(place));
    let signal = signal.ok_or_else(|| ModelError::UnknownSignal { name: name.into() })?;
    if let Some((_, why)) = UNFIT.iter().find(|(unfit, _)| *unfit == name) {
        return Err(ModelError::Unfit { name: name.into(), why });
    }
    match (signal.kind, bins) {
        (Kind::Int | Kind::Bool, Bins::Number(_)) | (Kind::Text, Bins::Text { .. }) => Ok(signal),
        _ => Err(ModelError::Kind { name: name.into() }),
    }
}

fn probability(calibration: &Calibration, sum: i32) -> u16 {
    let step = usize::try_from(sum.saturating_sub(calibration.from) >> calibration.shift).unwrap_or(0).min(STEPS - 1);
    calibration.steps.get(step).copied().unwrap_or(0)
}
