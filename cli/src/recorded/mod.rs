//! Recorded sessions: one JSON object a line, as `../shared/data/pointer` has them, taken apart into the batches that the
//! page's script would have sent.

mod cut;
mod input;
mod judge;
mod observe;
mod parts;
mod people;
mod read;
#[cfg(test)]
mod replays;
mod session;

pub(crate) use input::InputKind;
pub(crate) use judge::{Judge, Judged};
pub(crate) use observe::observe;
pub(crate) use parts::each_part;
pub(crate) use people::{Maker, People};
pub(crate) use read::Sessions;
pub(crate) use session::{Half, Session};

/// The key under which batches are written and opened: the tools send nothing to anybody.
const KEY: [u8; 16] = *b"outwork recorded";
