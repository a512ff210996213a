//! Parts as sections. They have been checked: every count fits its bytes.

use super::LAYERS;
use crate::{
    container::le_u32,
    model::{Bins, Calibration, Input, Parts, Shapley, Tree},
};
use alloc::{vec, vec::Vec};

/// The sections, in the order of their ids.
pub(super) fn sections(parts: &Parts) -> Vec<Vec<u8>> {
    let mut all = vec![head(parts), inputs(&parts.inputs), trees(&parts.trees), calibration(&parts.calibration)];
    all.extend(parts.contributions.as_deref().map(|tables| contributions(tables, &parts.trees)));
    all
}

fn head(parts: &Parts) -> Vec<u8> {
    let mut out = Vec::new();
    name(&mut out, &parts.id);
    out.push(place(LAYERS.iter().position(|layer| *layer == parts.layer)));
    out.extend(parts.bias.to_le_bytes());
    out.extend(parts.per_logit.to_le_bytes());
    out.push(byte(parts.needs.len()));
    for (input, least) in &parts.needs {
        out.push(*input);
        out.extend(least.to_le_bytes());
    }
    out
}

fn inputs(inputs: &[Input]) -> Vec<u8> {
    let mut reasons: Vec<&str> = Vec::new();
    for input in inputs {
        if !reasons.contains(&input.reason.as_str()) {
            reasons.push(&input.reason);
        }
    }
    let mut out = vec![byte(reasons.len())];
    reasons.iter().for_each(|reason| name(&mut out, reason));
    out.push(byte(inputs.len()));
    for input in inputs {
        name(&mut out, &input.signal);
        out.push(place(reasons.iter().position(|reason| *reason == input.reason)));
        bins(&mut out, &input.bins);
        input.shares.iter().for_each(|share| short(&mut out, *share));
    }
    out
}

fn bins(out: &mut Vec<u8>, bins: &Bins) {
    match bins {
        Bins::Number(borders) => {
            out.extend([0, byte(borders.len())]);
            rises(out, borders);
        }
        Bins::Text { known, other } => {
            out.push(1);
            out.extend(u16::try_from(known.len()).unwrap_or(u16::MAX).to_le_bytes());
            for (text, bin) in known {
                name(out, text);
                out.push(*bin);
            }
            out.push(*other);
        }
    }
}

fn trees(trees: &[Tree]) -> Vec<u8> {
    let mut out = Vec::from(le_u32(trees.len()));
    for tree in trees {
        out.push(byte(tree.splits.len()));
        out.extend(tree.splits.iter().flat_map(|split| [split.input, split.bin]));
        leaves(&mut out, &tree.leaves);
    }
    out
}

fn leaves(out: &mut Vec<u8>, leaves: &[i16]) {
    // A number of `bits` bits: those that its sign does not repeat, and the sign.
    let bits_of = |leaf: &i16| 17 - (leaf ^ (leaf >> 15)).leading_zeros();
    let bits = leaves.iter().map(bits_of).max().unwrap_or(1);
    out.extend(bits.to_le_bytes().first());
    let (mut held, mut count) = (0_u32, 0);
    for leaf in leaves {
        held |= (u32::from(leaf.cast_unsigned()) & ((1 << bits) - 1)) << count;
        count += bits;
        while count >= 8 {
            out.extend(held.to_le_bytes().first());
            held >>= 8;
            count -= 8;
        }
    }
    if count > 0 {
        out.extend(held.to_le_bytes().first());
    }
}

fn calibration(calibration: &Calibration) -> Vec<u8> {
    let mut out = Vec::from(calibration.from.to_le_bytes());
    out.push(calibration.shift);
    rises(&mut out, &calibration.steps);
    out
}

/// What is not asked adds nothing, and is not written.
fn contributions(tables: &[Shapley], trees: &[Tree]) -> Vec<u8> {
    let mut out = Vec::new();
    for (table, tree) in tables.iter().zip(trees) {
        for row in &table.0 {
            out.extend(row.iter().take(tree.splits.len()).flat_map(|adds| adds.to_le_bytes()));
        }
    }
    out
}

fn name(out: &mut Vec<u8>, text: &str) {
    out.push(byte(text.len()));
    out.extend(text.as_bytes());
}

/// Numbers that never descend, each as what it is above that before it.
fn rises(out: &mut Vec<u8>, numbers: &[u16]) {
    let mut last = 0;
    for number in numbers {
        short(out, number.saturating_sub(last));
        last = *number;
    }
}

fn short(out: &mut Vec<u8>, mut number: u16) {
    while let Some(more) = Some(number >> 7).filter(|more| *more > 0) {
        out.push(byte(usize::from(number & 0x7f)) | 0x80);
        number = more;
    }
    out.push(byte(usize::from(number)));
}

fn place(found: Option<usize>) -> u8 {
    byte(found.unwrap_or(usize::MAX))
}

fn byte(count: usize) -> u8 {
    u8::try_from(count).unwrap_or(u8::MAX)
}
