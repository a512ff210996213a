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
