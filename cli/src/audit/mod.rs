//! Whether a log holds every record that was written, each as it was.

mod chain;
mod finding;
mod heads;
mod judged;
mod ledger;
mod report;
mod text;

pub(crate) use finding::Place;
pub(crate) use heads::Heads;
pub(crate) use ledger::{Ledger, Wants};
pub(crate) use report::Report;
pub(crate) use text::write;

#[cfg(test)]
mod tests;
