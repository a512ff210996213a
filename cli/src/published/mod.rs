//! Lists of networks that their operators publish: fetched, read, compared with what is there, and written.

mod fetch;
mod guard;
mod parse;
mod write;

pub(crate) use fetch::{Fetched, Origin};
pub(crate) use guard::{Change, taken_in};
pub(crate) use parse::of_file;
pub(crate) use write::write;
