//! How confidence fades with time and comes back with observation.
//!
//! Idle for `t`, a confidence `c` is worth `c · 2^(−t / half-life)`. A batch of `n` events leaves `2^(−n / 24)` of the
//! doubt: `c' = 1 − (1 − c) · 2^(−n / 24)`. Both in whole numbers, so that every host computes the same.

use serde::{Deserialize, Serialize};

/// How many events take away half of the doubt: the fewest for which the script wakes up while a page is open.
pub const HALVING_EVENTS: u32 = 24;

/// One whole, as confidence is written.
const WHOLE: u16 = 1_000;

/// How fast confidence fades.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decay {
    /// Microseconds of idle time that halve it; 0 counts as 1.
    pub half_life: u64,
}

impl Default for Decay {
    /// Ten minutes: a page is read for less, a visit to a shop lasts about as long, and after an hour (six half-lives)
    /// a session left on a desk says nothing about who comes back to it.
    fn default() -> Self {
        Self { half_life: 600_000_000 }
    }
}

impl Decay {
    /// What is left of a confidence after so many microseconds.
    pub(super) fn fade(self, confidence: u16, idle: u64) -> u16 {
        scale(confidence, remainder(idle, self.half_life.max(1)))
    }
}

/// The confidence after so many events more.
pub(super) fn recover(confidence: u16, events: u32) -> u16 {
    let doubt = WHOLE.saturating_sub(confidence);
    WHOLE - scale(doubt, remainder(events.into(), HALVING_EVENTS.into()))
}

/// `value · share / 2¹⁶`, rounded down; at most `value`.
fn scale(value: u16, share: u32) -> u16 {
    u16::try_from((u32::from(value) * share) >> 16).unwrap_or(value)
}

/// `2^(−amount / half)` in units of 2⁻¹⁶, straight between sixteenths of a halving: at most 0.024 % too much.
fn remainder(amount: u64, half: u64) -> u32 {
    let halvings = amount / half;
    let place = u128::from(amount % half) * (16 << 16) / u128::from(half);
    let place = u32::try_from(place).unwrap_or(u32::MAX);
    let (step, part) = (usize::try_from(place >> 16).unwrap_or(usize::MAX), place & 0xffff);
    let (Some(&from), Some(&to)) = (SIXTEENTHS.get(step), SIXTEENTHS.get(step.saturating_add(1))) else { return 0 };
    let share = from - (((from - to) * part) >> 16);
    u32::try_from(halvings).ok().and_then(|halvings| share.checked_shr(halvings)).unwrap_or(0)
}

/// `2¹⁶ · 2^(−k/16)`, rounded.
const SIXTEENTHS: [u32; 17] = [
    65_536, 62_757, 60_097, 57_549, 55_109, 52_773, 50_535, 48_393, 46_341, 44_376, 42_495, 40_693, 38_968, 37_316,
    35_734, 34_219, 32_768,
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_half_life_halves() {
        let decay = Decay { half_life: 600 };
        let left = [0, 300, 600, 1_200, 1_800, 6_000, u64::MAX].map(|idle| decay.fade(1_000, idle));
        assert_eq!(left, [1_000, 707, 500, 250, 125, 0, 0]);
        assert_eq!(Decay { half_life: 0 }.fade(1_000, 1), 500);
    }

    #[test]
    fn events_halve_the_doubt() {
        assert_eq!([0, 1, 24, 48, 256, u32::MAX].map(|events| recover(0, events)), [0, 29, 500, 750, 1_000, 1_000]);
        assert_eq!(recover(500, 24), 750);
    }

    proptest! {
        #[test]
        fn the_table_is_the_power(amount in 0_u64..20_000, half in 1_u64..5_000) {
            let exact = 65_536.0 * (-(amount as f64) / half as f64).exp2();
            let ours = f64::from(remainder(amount, half));
            prop_assert!((ours - exact).abs() <= 65_536.0 * 0.000_24 + 1.0, "{ours} {exact}");
        }

        #[test]
        fn time_never_adds_and_events_never_take(
            confidence in 0_u16..=1_000, half_life: u64, idle: u64, more: u64, events: u32,
        ) {
            let decay = Decay { half_life };
            let left = decay.fade(confidence, idle);
            prop_assert!(left <= confidence);
            prop_assert!(decay.fade(confidence, idle.saturating_add(more)) <= left);
            prop_assert!((confidence..=1_000).contains(&recover(confidence, events)));
        }
    }
}
