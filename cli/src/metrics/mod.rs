//! How well scores tell programs from people, and how far that is known.

mod bootstrap;
mod curve;
mod measures;

pub(crate) use bootstrap::{Interval, Range, measure_all};
pub(crate) use curve::{Point, Ranked};
pub(crate) use measures::{Bin, MEASURES, Unit, reliability};
