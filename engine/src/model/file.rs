//! A model as bytes, in the container of [`crate::container`], magic `OWMODEL` and a zero byte.
//!
//! | section | what |
//! |---|---|
//! | 1 | name, layer (1: 0 device, 1 behaviour, 2 context), bias (4), units of a logit (4), needs: count (1), then input (1) and least value (2) each |
//! | 2 | reasons: count (1), then each; inputs: count (1), then signal, reason by its place (1) and bins each |
//! | 3 | trees: count (4), then number of questions (1), input (1) and bin (1) of each, width (1), and the leaves in so many bits each |
//! | 4 | calibration: from (4), shift (1), and how much each step is above that before it (short numbers) |
//! | 5 | contributions, where they are: of each tree in turn, of each leaf, of each question (2) |
//!
//! Names are a length (1) and bytes. Short numbers are LEB128: seven bits a byte, the lowest first, bit 7 where more
//! follow. Bins of numbers: 0 (1), count of borders (1), how much each is above that before it (short), then the
//! training shares (short each); of texts: 1 (1), count (2), text and bin (1) each, the bin of others (1), the shares.
//! Leaves are two's complements of as many bits as the widest of their tree needs, the lowest bit first, the last byte
//! filled with zeros.

mod decode;
mod encode;
#[cfg(test)]
mod tests;

use super::{ModelError, Parts, check::check};
use crate::{
    container::{self, Container, Kind},
    layer::Layer,
};
use alloc::vec::Vec;

/// The format that this engine reads and writes.
pub const FORMAT: u16 = 1;

/// The largest model: 2 MiB. 1,024 trees take 144 KB and their contributions 786 KB; the rest is for names and texts.
pub const MAX_BYTES: usize = 2 << 20;

const KIND: Kind = Kind { magic: b"OWMODEL\0", format: FORMAT, max_bytes: MAX_BYTES };

/// In the order of their bytes.
const LAYERS: [Layer; 3] = [Layer::Device, Layer::Behaviour, Layer::Context];

/// Writes a model. The same parts give the same bytes.
///
/// # Errors
/// What is out of bounds: nothing is written that [`read`] would refuse.
pub fn write(parts: &Parts) -> Result<Vec<u8>, ModelError> {
    check(parts)?;
    let sections = encode::sections(parts);
    let all: Vec<(u16, &[u8])> = (1..).zip(sections.iter().map(Vec::as_slice)).collect();
    Ok(container::write(KIND, &all)?)
}

/// Reads a model.
///
/// # Errors
/// What is damaged, does not decode, or is out of bounds.
pub fn read(bytes: &[u8]) -> Result<Parts, ModelError> {
    let parts = decode::parts(&Container::open(bytes, KIND)?)?;
    check(&parts)?;
    Ok(parts)
}
