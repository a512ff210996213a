use super::{Environment, FEATURES, Feature, Merge};
use crate::fact::Fact;

/// The value of every feature: whole numbers in the unit of each, missing where nothing was observed to compute it of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Features([u16; FEATURES.len()]);

/// No value.
const MISSING: u16 = u16::MAX;

/// The fewest things whose spread says something.
const SEVERAL: u16 = 3;

/// How many events at most an older observation weighs in a mean: about nine flushes of 256 events, so that a window
/// follows what its visitor does, and rounding to whole numbers never holds a mean where it is.
const MEMORY: u64 = 2_304;

impl Default for Features {
    fn default() -> Self {
        Self([MISSING; FEATURES.len()])
    }
}

impl Features {
    /// The length of [`Self::to_bytes`].
    pub const BYTES: usize = FEATURES.len() * 2;

    /// A number that another list of features does not have: what was written under it is not read by another.
    pub const SCHEMA: u16 = schema();

    /// The value of a feature; absent where it is missing, and a spread also where it is of fewer than [`SEVERAL`].
    pub fn get(&self, feature: Feature) -> Fact<u16> {
        let is_told = match feature.merge() {
            Merge::Spread(about) => matches!(about.merge(), Merge::Mean(of) if self.value(of) >= Some(SEVERAL)),
            _ => true,
        };
        Fact::from_option(self.value(feature).filter(|_| is_told))
    }

    /// Sets the value of a feature; the largest is 65,534.
    pub fn set(&mut self, feature: Feature, value: u16) {
        self.put(feature, Some(value));
    }

    /// What the page says of its browser.
    pub fn environment(&self) -> Fact<Environment> {
        self.get(Feature::BeaconEnvironment).map(Environment)
    }

    /// Adds what was observed later.
    ///
    /// `kept` is how much of this older observation still counts, in thousandths: its sums shrink to it, and its means
    /// weigh by it.
    pub fn merge(&mut self, newer: &Self, kept: u16) {
        let older = self.faded(kept);
        for &feature in FEATURES {
            let pair = (older.value(feature), newer.value(feature));
            let merged = match feature.merge() {
                Merge::Sum => both(pair, u16::saturating_add),
                Merge::Max => both(pair, u16::max),
                Merge::Bits => both(pair, |old, new| old & Environment::TELLS.0 | new),
                Merge::Mean(of) => both(pair, |old, new| {
                    let [older, newer] = weights([&older, newer], of);
                    mean((old, older), (new, newer))
                }),
                Merge::Ratio(of, to) => both(pair, |old, new| {
                    let weights = weights([&older, newer], of);
                    let [older, newer] =
                        [(&older, weights[0]), (newer, weights[1])].map(|(side, weight)| weight * side.or_zero(to));
                    mean((old, older), (new, newer))
                }),
                Merge::Spread(about) => both(pair, |old, new| older.pool(newer, about, (old.into(), new.into())).0),
                Merge::Relative(about) => both(pair, |old, new| {
                    let size = |side: &Self, relative: u16| u64::from(relative) * side.or_zero(about) / 1_000;
                    let (deviation, mean) = older.pool(newer, about, (size(&older, old), size(newer, new)));
                    (u64::from(deviation) * 1_000)
                        .checked_div(mean)
                        .and_then(|relative| u16::try_from(relative).ok())
                        .unwrap_or(new)
                }),
            };
            self.put(feature, merged);
        }
    }

    /// Two bytes a feature, little-endian.
    pub fn to_bytes(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        for (slot, value) in bytes.chunks_exact_mut(2).zip(self.0) {
            slot.copy_from_slice(&value.to_le_bytes());
        }
        bytes
    }

    /// Reads [`Self::to_bytes`].
    pub fn from_bytes(bytes: &[u8; Self::BYTES]) -> Self {
        let mut features = Self::default();
        for (slot, pair) in features.0.iter_mut().zip(bytes.as_chunks::<2>().0) {
            *slot = u16::from_le_bytes(*pair);
        }
        features
    }

    /// Sets a feature to the whole number nearest to a value that is not negative.
    pub(super) fn set_rounded(&mut self, feature: Feature, value: f64) {
        // INVARIANT: `as` saturates, and takes what is no number for 0.
        self.set(feature, (value + 0.5) as u16);
    }

    /// The same where there is one.
    pub(super) fn set_known(&mut self, feature: Feature, value: Option<f64>) {
        if let Some(value) = value {
            self.set_rounded(feature, value);
        }
    }

    fn faded(&self, kept: u16) -> Self {
        let mut faded = *self;
        for &feature in FEATURES.iter().filter(|feature| feature.merge() == Merge::Sum) {
            faded.put(feature, self.value(feature).map(|value| faded_sum(value, kept)));
        }
        faded
    }

    /// The standard deviation of both sides together, and their mean: of the deviations of each about its own.
    fn pool(&self, newer: &Self, about: Feature, deviations: (u64, u64)) -> (u16, u64) {
        let Merge::Mean(of) = about.merge() else { return (0, 0) };
        let [old, new] = weights([self, newer], of);
        let (weight, means) = (old + new, (self.or_zero(about), newer.or_zero(about)));
        // INVARIANT: weights are at most 2,304 and 65,534, squares below 2³²: all of it fits 64 bits.
        let within = (old * deviations.0 * deviations.0 + new * deviations.1 * deviations.1).checked_div(weight);
        let apart = means.0.abs_diff(means.1);
        let between = (old * new * apart * apart).checked_div(weight * weight);
        let variance = within.unwrap_or(0) + between.unwrap_or(0);
        let mean = (old * means.0 + new * means.1).checked_div(weight).unwrap_or(0);
        (u16::try_from(variance.isqrt()).unwrap_or(MISSING), mean)
    }

    fn or_zero(&self, feature: Feature) -> u64 {
        self.value(feature).unwrap_or(0).into()
    }

    fn value(&self, feature: Feature) -> Option<u16> {
        self.0.get(feature as usize).copied().filter(|value| *value != MISSING)
    }

    fn put(&mut self, feature: Feature, value: Option<u16>) {
        if let Some(slot) = self.0.get_mut(feature as usize) {
            *slot = value.map_or(MISSING, |value| value.min(MISSING - 1));
        }
    }
}

/// What is left of a sum: the nearest whole number, so that a small one stays while batches are frequent, and the lower of
/// two that are as near, so that a half-life takes even the last one.
pub(crate) fn faded_sum(sum: u16, kept: u16) -> u16 {
    let left = (u32::from(sum) * u32::from(kept.min(1_000)) + 499) / 1_000;
    u16::try_from(left).unwrap_or(sum)
}

fn both(pair: (Option<u16>, Option<u16>), join: impl Fn(u16, u16) -> u16) -> Option<u16> {
    match pair {
        (Some(old), Some(new)) => Some(join(old, new)),
        (old, new) => old.or(new),
    }
}

/// The weighted mean, rounded half up; the newer one where nothing weighs anything.
fn mean((old, old_weight): (u16, u64), (new, new_weight): (u16, u64)) -> u16 {
    let weight = old_weight + new_weight;
    let sum = u64::from(old) * old_weight + u64::from(new) * new_weight;
    (sum + weight / 2).checked_div(weight).and_then(|mean| u16::try_from(mean).ok()).unwrap_or(new)
}

/// How much each side weighs, by how much it has of this.
fn weights([older, newer]: [&Features; 2], of: Feature) -> [u64; 2] {
    [older.or_zero(of).min(MEMORY), newer.or_zero(of)]
}

/// FNV-1a over the names and units, folded to 16 bits.
const fn schema() -> u16 {
    let (mut hash, mut at) = (0x811C_9DC5_u32, 0);
    while let Some((feature, _)) = FEATURES.split_at(at).1.split_first() {
        hash = fold(fold(hash, feature.name().as_bytes()), feature.unit().as_bytes());
        at += 1;
    }
    (hash >> 16 ^ hash & 0xFFFF) as u16
}

const fn fold(mut hash: u32, mut text: &[u8]) -> u32 {
    while let Some((&byte, rest)) = text.split_first() {
        hash = (hash ^ byte as u32).wrapping_mul(0x0100_0193);
        text = rest;
    }
    hash
}
