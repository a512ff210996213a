use libm::sqrt;

/// Numbers as they come: how many, their mean, and how far they spread about it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spread {
    count: f64,
    sum: f64,
    squares: f64,
}

impl Spread {
    pub(super) fn add(&mut self, value: f64) {
        self.count += 1.0;
        self.sum += value;
        self.squares += value * value;
    }

    pub(super) fn count(&self) -> f64 {
        self.count
    }

    pub(super) fn sum(&self) -> f64 {
        self.sum
    }

    pub(super) fn mean(&self) -> Option<f64> {
        (self.count > 0.0).then(|| self.sum / self.count)
    }

    /// The standard deviation of two numbers or more.
    pub(super) fn deviation(&self) -> Option<f64> {
        let mean = self.mean().filter(|_| self.count >= 2.0)?;
        Some(sqrt((self.squares / self.count - mean * mean).max(0.0)))
    }

    /// The root of the mean of squares.
    pub(super) fn root_mean_square(&self) -> Option<f64> {
        (self.count > 0.0).then(|| sqrt(self.squares / self.count))
    }

    /// The standard deviation over the mean, in thousandths: none of numbers that are all zero.
    pub(super) fn relative(&self) -> Option<f64> {
        let mean = self.mean().filter(|mean| *mean > 0.0)?;
        self.deviation().map(|deviation| 1_000.0 * deviation / mean)
    }
}

impl FromIterator<f64> for Spread {
    fn from_iter<T: IntoIterator<Item = f64>>(values: T) -> Self {
        values.into_iter().fold(Self::default(), |mut spread, value| {
            spread.add(value);
            spread
        })
    }
}

/// Pairs of numbers, and how one goes with the other.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Correlation {
    one: Spread,
    other: Spread,
    products: f64,
}

impl Correlation {
    pub(super) fn add(&mut self, one: f64, other: f64) {
        self.one.add(one);
        self.other.add(other);
        self.products += one * other;
    }

    /// Pearson's correlation r, as (1 + r) / 2: 1 together, a half not at all, 0 against one another. None of fewer pairs
    /// than this, and a half where one of both does not change.
    pub(super) fn about_mean(&self, least: u32) -> Option<f64> {
        let (one, other) = (self.one.mean()?, self.other.mean()?);
        let together = self.products / self.one.count - one * other;
        self.halved(together, self.one.deviation()? * self.other.deviation()?, least)
    }

    /// The same about zero instead of the means.
    pub(super) fn about_zero(&self, least: u32) -> Option<f64> {
        let sizes = self.one.root_mean_square()? * self.other.root_mean_square()?;
        self.halved(self.products / self.one.count, sizes, least)
    }

    fn halved(&self, together: f64, sizes: f64, least: u32) -> Option<f64> {
        let r = if sizes > 1e-9 { (together / sizes).clamp(-1.0, 1.0) } else { 0.0 };
        (self.one.count >= f64::from(least)).then_some((1.0 + r) / 2.0)
    }
}

/// Quantiles of so many numbers or more, each the one at its share of the way from the least to the largest, rounded down.
/// The numbers change their places.
pub(super) fn quantiles<const N: usize>(values: &mut [f64], least: u32, shares: [f64; N]) -> Option<[f64; N]> {
    let last = values.len().checked_sub(1).filter(|last| *last as f64 + 1.0 >= f64::from(least))?;
    Some(shares.map(|share| {
        let place = ((last as f64 * share) as usize).min(last);
        *values.select_nth_unstable_by(place, f64::total_cmp).1
    }))
}

/// How many of some things are so, of how many.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Share {
    so: u32,
    of: u32,
}

impl Share {
    pub(super) fn add(&mut self, is_so: bool) {
        self.so += u32::from(is_so);
        self.of += 1;
    }

    /// In thousandths; none of nothing.
    pub(super) fn thousandths(self) -> Option<f64> {
        self.thousandths_of(1)
    }

    /// The same; none of fewer than this.
    pub(super) fn thousandths_of(self, least: u32) -> Option<f64> {
        (self.of >= least).then(|| 1_000.0 * f64::from(self.so) / f64::from(self.of))
    }
}

impl FromIterator<bool> for Share {
    fn from_iter<T: IntoIterator<Item = bool>>(values: T) -> Self {
        values.into_iter().fold(Self::default(), |mut share, value| {
            share.add(value);
            share
        })
    }
}
