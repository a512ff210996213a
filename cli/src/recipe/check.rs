//! What a recipe may say.

use std::fmt::Display;
use std::ops::RangeInclusive;

use outwork_engine::model::{MAX_BINS, MAX_DEPTH, MAX_INPUTS, MAX_TREES, UNFIT};
use outwork_engine::signals::{Kind, SIGNALS, by_name};

use super::{Ingredient, Recipe, Settings};

impl Recipe {
    pub(super) fn check(&self) -> Result<(), String> {
        self.model.check()?;
        self.weights.iter().try_for_each(|(name, factor)| positive(name, *factor, 1e3))?;
        if self.inputs.is_empty() || self.signals().count() > MAX_INPUTS {
            return Err(format!("there are {} inputs, and 1 to {MAX_INPUTS} can be", self.signals().count()));
        }
        for (at, input) in self.inputs.iter().enumerate() {
            input.check()?;
            if self.inputs.iter().take(at).any(|before| before.signal == input.signal) {
                return Err(format!("`{}` is an input twice", input.signal));
            }
        }
        self.model.needs.keys().try_for_each(|name| match kind(name)? {
            Kind::Int | Kind::Bool => Ok(()),
            _ => Err(format!("`needs` names `{name}`, which is a text: only numbers can be needed")),
        })
    }
}

impl Settings {
    fn check(&self) -> Result<(), String> {
        if !is_name(&self.id) {
            return Err(format!("`{}` is no id: lower-case letters, digits, `.`, `-` and `_` can be", self.id));
        }
        if self.kinds.is_empty() {
            return Err("`kinds` is empty: name the kinds of rows, `mouse`, `touch` or `device`".into());
        }
        within("trees", usize::from(self.trees), 1..=MAX_TREES)?;
        within("depth", usize::from(self.depth), 1..=MAX_DEPTH)?;
        within("bins", usize::from(self.bins), 3..=MAX_BINS)?;
        within("early_stopping", usize::from(self.early_stopping), 1..=MAX_TREES)?;
        within("seed", self.seed, 0..=u64::from(u32::MAX))?;
        positive("learning_rate", self.learning_rate, 1.0)?;
        positive("input_share", self.input_share, 1.0)?;
        positive("l2", self.l2, 1e6)
    }
}

impl Ingredient {
    fn check(&self) -> Result<(), String> {
        if kind(&self.signal)? == Kind::Address {
            return Err(format!("`{}` is an address, and no input of a model", self.signal));
        }
        if let Some((_, why)) = UNFIT.iter().find(|(unfit, _)| *unfit == self.signal) {
            return Err(format!("`{}` cannot be an input: {why}", self.signal));
        }
        if !is_name(&self.reason) {
            return Err(format!("`{}` is no reason: write a token such as `motion.rhythm`", self.reason));
        }
        match self.monotone {
            -1..=1 => Ok(()),
            other => Err(format!("`monotone` of `{}` is {other}, and -1, 0 or 1 can be", self.signal)),
        }
    }
}

/// The type of a signal's values.
fn kind(name: &str) -> Result<Kind, String> {
    let signal = by_name(name).and_then(|at| SIGNALS.get(at));
    signal.map(|signal| signal.kind).ok_or_else(|| format!("there is no signal `{name}`: docs/signals.md has them all"))
}

fn within<T: PartialOrd + Display>(key: &str, value: T, range: RangeInclusive<T>) -> Result<(), String> {
    if range.contains(&value) {
        return Ok(());
    }
    Err(format!("`{key}` is {value}, and {} to {} can be", range.start(), range.end()))
}

fn positive(key: &str, value: f64, most: f64) -> Result<(), String> {
    if value > 0.0 && value <= most {
        return Ok(());
    }
    Err(format!("`{key}` is {value}, and must be above 0 and at most {most}"))
}

/// What is safe in headers, metrics and paths.
fn is_name(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
    (1..=64).contains(&text.len())
        && text.bytes().all(is_plain)
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
}
