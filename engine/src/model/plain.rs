//! What `vector` does, where there are no vector registers.

use super::{
    MAX_INPUTS, MISSING,
    binner::{Numbers, Ranks},
    forest::{Asked, LANES},
};
use core::array;

/// Nothing to choose from.
#[derive(Clone, Copy)]
pub(super) struct Level;

impl Level {
    pub(super) fn detect() -> Self {
        Self
    }
}

/// Calls `each` with the leaves that a row falls into, 16 trees at a time.
pub(super) fn walk(_: Level, asked: &[Asked], bins: &[u8; MAX_INPUTS], mut each: impl FnMut(&[u8; LANES])) {
    let bin = |input: u8| bins.get(usize::from(input)).copied().unwrap_or(MISSING);
    for asked in asked {
        let mut places = [0; LANES];
        for (inputs, no) in asked.inputs.iter().zip(&asked.no).rev() {
            for ((place, input), no) in places.iter_mut().zip(inputs).zip(no) {
                *place = *place * 2 + u8::from(bin(*input) > no.cast_unsigned());
            }
        }
        each(&places);
    }
}

/// The bin of each number.
pub(super) fn bins(_: Level, ranks: &[Ranks], numbers: &Numbers) -> [u8; MAX_INPUTS] {
    let bin = |place: usize| {
        let value = numbers.values.get(place)?;
        let borders = ranks.get(place / super::binner::LANES)?.iter();
        let below = borders.filter(|rank| rank.get(place % rank.len()).is_some_and(|border| border < value)).count();
        numbers.known.get(place).filter(|known| **known != 0)?;
        u8::try_from(below + 1).ok()
    };
    array::from_fn(|place| bin(place).unwrap_or(MISSING))
}
