//! What takes vectors of 16 bytes: SIMD128 in WebAssembly, the widest that the processor has elsewhere.

use super::{
    MAX_INPUTS,
    binner::{Numbers, Ranks},
    forest::{Asked, LANES},
};
use fearless_simd::{Bytes, Simd, SimdBase, SimdMask, dispatch, i8x16, i16x32, u8x16, u16x32};

/// The vectors of this processor.
#[derive(Clone, Copy)]
pub(super) struct Level(fearless_simd::Level);

impl Level {
    pub(super) fn detect() -> Self {
        Self(fearless_simd::Level::new())
    }
}

/// Calls `each` with the leaves that a row falls into, 16 trees at a time.
#[inline(always)]
pub(super) fn walk(level: Level, asked: &[Asked], bins: &[u8; MAX_INPUTS], each: impl FnMut(&[u8; LANES])) {
    dispatch!(level.0, simd => walk_with(simd, asked, bins, each));
}

/// The bin of each number.
pub(super) fn bins(level: Level, ranks: &[Ranks], numbers: &Numbers) -> [u8; MAX_INPUTS] {
    dispatch!(level.0, simd => bins_with(simd, ranks, numbers))
}

#[inline(always)]
fn walk_with<S: Simd>(simd: S, asked: &[Asked], bins: &[u8; MAX_INPUTS], mut each: impl FnMut(&[u8; LANES])) {
    let (quarters, _) = bins.as_chunks::<LANES>();
    let mut quarters = quarters.iter().map(|quarter| u8x16::load_array_ref(simd, quarter));
    let [Some(first), Some(second), Some(third), Some(fourth)] = core::array::from_fn(|_| quarters.next()) else {
        return;
    };
    for asked in asked {
        let mut place = i8x16::splat(simd, 0);
        for (inputs, no) in asked.inputs.iter().zip(&asked.no).rev() {
            let low = u8x16::load_array_ref(simd, inputs);
            // What is beyond a table is looked up as 0.
            let bins =
                first.concat_swizzle_dyn_precise(second, low) | third.concat_swizzle_dyn_precise(fourth, low - 32);
            let yes = bins.bitcast::<i8x16<S>>().simd_gt(i8x16::load_array_ref(simd, no));
            place = place + place - yes.to_vector();
        }
        each(&place.bitcast::<u8x16<S>>().into());
    }
}

#[inline(always)]
fn bins_with<S: Simd>(simd: S, ranks: &[Ranks], numbers: &Numbers) -> [u8; MAX_INPUTS] {
    let mut all = [0; MAX_INPUTS];
    let halves = numbers.values.as_chunks().0.iter().zip(numbers.known.as_chunks().0).zip(ranks);
    for (out, ((values, known), ranks)) in all.as_chunks_mut().0.iter_mut().zip(halves) {
        let values = i16x32::load_array_ref(simd, values);
        let mut bins = i16x32::splat(simd, 1);
        for borders in ranks {
            bins -= values.simd_gt(i16x32::load_array_ref(simd, borders)).to_vector();
        }
        let bins: [u16; 32] = (bins.bitcast::<u16x32<S>>() & u16x32::load_array_ref(simd, known)).into();
        *out = bins.map(|bin| bin as u8);
    }
    all
}
