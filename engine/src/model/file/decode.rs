//! Sections as parts. Nothing is allocated for a count before it is known to be within bounds.

use super::LAYERS;
use crate::{
    container::Container,
    model::{
        Bins, Calibration, Input, MAX_CATEGORIES, MAX_DEPTH, MAX_INPUTS, MAX_TREES, ModelError, Parts, STEPS, Shapley,
        Split, Tree,
    },
};
use alloc::{borrow::ToOwned, string::String, vec::Vec};

/// What a file of a model holds.
pub(super) fn parts(file: &Container<'_>) -> Result<Parts, ModelError> {
    if file.ids().any(|id| id > 5) {
        return Err(ModelError::Section { holds: "something newer" });
    }
    let of = |id| Bytes { rest: file.section(id).unwrap_or_default() };
    let mut parts = of(1).whole(head).ok_or(ModelError::Section { holds: "name and scale" })?;
    parts.inputs = of(2).whole(inputs).ok_or(ModelError::Section { holds: "inputs" })?;
    let found = of(3).count().ok_or(ModelError::Section { holds: "trees" })?;
    if found > MAX_TREES {
        return Err(ModelError::Trees { found });
    }
    parts.trees = of(3).whole(trees).ok_or(ModelError::Section { holds: "trees" })?;
    parts.calibration = of(4).whole(calibration).ok_or(ModelError::Section { holds: "calibration" })?;
    if file.section(5).is_some() {
        let tables = of(5).whole(|bytes| parts.trees.iter().map(|tree| bytes.table(tree)).collect());
        parts.contributions = Some(tables.ok_or(ModelError::Section { holds: "contributions" })?);
    }
    Ok(parts)
}

/// Name, layer, scale and needs; what other sections hold is empty.
fn head(bytes: &mut Bytes<'_>) -> Option<Parts> {
    let id = bytes.name()?;
    let layer = *LAYERS.get(usize::from(bytes.byte()?))?;
    let bias = i32::from_le_bytes(bytes.array()?);
    let per_logit = u32::from_le_bytes(bytes.array()?);
    let count = usize::from(bytes.byte()?).min(MAX_INPUTS + 1);
    let needs = bytes.many(count, |bytes| Some((bytes.byte()?, bytes.u16()?)))?;
    let calibration = Calibration { from: 0, shift: 0, steps: Vec::new() };
    Some(Parts {
        id,
        layer,
        inputs: Vec::new(),
        needs,
        trees: Vec::new(),
        bias,
        per_logit,
        calibration,
        contributions: None,
    })
}

fn inputs(bytes: &mut Bytes<'_>) -> Option<Vec<Input>> {
    let count = usize::from(bytes.byte()?);
    let reasons = bytes.many(count, Bytes::name)?;
    let count = usize::from(bytes.byte()?);
    bytes.many(count, |bytes| {
        let signal = bytes.name()?;
        let reason = reasons.get(usize::from(bytes.byte()?))?.clone();
        let bins = bytes.bins()?;
        let shares = bytes.many(bins.count(), Bytes::short)?;
        Some(Input { signal, reason, bins, shares })
    })
}

fn trees(bytes: &mut Bytes<'_>) -> Option<Vec<Tree>> {
    let count = bytes.count().filter(|count| *count <= MAX_TREES)?;
    bytes.many(count, |bytes| {
        let depth = usize::from(bytes.byte()?);
        if depth > MAX_DEPTH {
            return None;
        }
        let splits = bytes.many(depth, |bytes| Some(Split { input: bytes.byte()?, bin: bytes.byte()? }))?;
        let leaves = bytes.leaves(1 << depth)?;
        Some(Tree { splits, leaves })
    })
}

fn calibration(bytes: &mut Bytes<'_>) -> Option<Calibration> {
    let from = i32::from_le_bytes(bytes.array()?);
    let shift = bytes.byte()?;
    Some(Calibration { from, shift, steps: bytes.rises(STEPS)? })
}

#[derive(Clone, Copy)]
struct Bytes<'a> {
    rest: &'a [u8],
}

impl<'a> Bytes<'a> {
    /// All of it, by a reader that must leave nothing.
    fn whole<T>(mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        read(&mut self).filter(|_| self.rest.is_empty())
    }

    fn many<T>(&mut self, count: usize, mut read: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        (0..count).map(|_| read(self)).collect()
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.first_chunk().copied()
    }

    fn byte(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }

    fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    fn i16(&mut self) -> Option<i16> {
        self.array().map(i16::from_le_bytes)
    }

    fn count(&mut self) -> Option<usize> {
        usize::try_from(u32::from_le_bytes(self.array()?)).ok()
    }

    fn name(&mut self) -> Option<String> {
        let length = self.byte()?;
        core::str::from_utf8(self.take(length.into())?).ok().map(ToOwned::to_owned)
    }

    fn short(&mut self) -> Option<u16> {
        let mut number = 0;
        for shift in [0, 7, 14] {
            let byte = u32::from(self.byte()?);
            number |= (byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return u16::try_from(number).ok();
            }
        }
        None
    }

    fn leaves(&mut self, count: usize) -> Option<Vec<i16>> {
        let bits = u32::from(self.byte()?);
        if !(1..=16).contains(&bits) {
            return None;
        }
        let (mut held, mut ready) = (0_u32, 0);
        let leaves = self.many(count, |bytes| {
            while ready < bits {
                held |= u32::from(bytes.byte()?) << ready;
                ready += 8;
            }
            let leaf = held.cast_signed() << (32 - bits) >> (32 - bits);
            held >>= bits;
            ready -= bits;
            i16::try_from(leaf).ok()
        });
        leaves.filter(|_| held == 0)
    }

    fn rises(&mut self, count: usize) -> Option<Vec<u16>> {
        let mut last = 0_u16;
        self.many(count, |bytes| {
            last = last.checked_add(bytes.short()?)?;
            Some(last)
        })
    }

    fn bins(&mut self) -> Option<Bins> {
        match self.byte()? {
            0 => {
                let count = self.byte()?;
                self.rises(count.into()).map(Bins::Number)
            }
            1 => {
                let count = usize::from(self.u16()?);
                let count = Some(count).filter(|count| *count <= MAX_CATEGORIES)?;
                let known = self.many(count, |bytes| Some((bytes.name()?, bytes.byte()?)))?;
                Some(Bins::Text { known, other: self.byte()? })
            }
            _ => None,
        }
    }

    /// The contributions of a tree.
    fn table(&mut self, tree: &Tree) -> Option<Shapley> {
        let rows = self.many(tree.leaves.len(), |bytes| {
            let mut row = [0; MAX_DEPTH];
            for adds in row.iter_mut().take(tree.splits.len()) {
                *adds = bytes.i16()?;
            }
            Some(row)
        });
        rows.map(Shapley)
    }
}
