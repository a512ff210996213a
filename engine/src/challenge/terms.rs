//! What a challenge asks for, and what passing it is worth.

use crate::risk::Band;
use serde::{Deserialize, Serialize};

/// The most leading zero bits that may be asked for: 2²² hashes on average, 14 seconds at 300,000 hashes a second, and one
/// visitor in a hundred needs 4.6 times that (the count is exponentially distributed, and ln 100 is 4.6).
pub const MAX_BITS: u8 = 22;

/// The longest wait in seconds: a minute less than a challenge lives, so that a slow page load is not late.
pub const MAX_WAIT: u16 = 240;

/// The longest clearance in seconds: a day, as long as the cookie that carries it.
pub const MAX_CLEARANCE: u32 = 86_400;

/// The terms of a policy's challenges, as the bundle carries them; what depends on risk by band: low, medium, high.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Leading zero bits of the proof of work: 1 to [`MAX_BITS`].
    pub bits: [u8; 3],
    /// Seconds that a visitor without scripts waits: 1 to [`MAX_WAIT`].
    pub wait: [u16; 3],
    /// Seconds for which proof of work clears: 1 to [`MAX_CLEARANCE`].
    pub clearance: u32,
    /// Seconds for which a wait clears: 1 to [`MAX_CLEARANCE`].
    pub wait_clearance: u32,
    /// Whether the page observes while it works: the site needs no consent for it, or has it.
    pub observe: bool,
}

impl Default for Terms {
    /// 2¹⁴ to 2¹⁸ hashes on average: 0.05 to 0.9 seconds at 300,000 hashes a second, and six times that on a phone that makes
    /// 50,000.
    fn default() -> Self {
        Self { bits: [14, 16, 18], wait: [5, 10, 30], clearance: 1_800, wait_clearance: 600, observe: false }
    }
}

impl Terms {
    /// Whether every number is within its bounds.
    pub fn is_sound(&self) -> bool {
        self.bits.iter().all(|bits| (1..=MAX_BITS).contains(bits))
            && self.wait.iter().all(|wait| (1..=MAX_WAIT).contains(wait))
            && [self.clearance, self.wait_clearance].iter().all(|clears| (1..=MAX_CLEARANCE).contains(clears))
    }

    /// The leading zero bits asked for in this band.
    pub fn bits(&self, band: Band) -> u8 {
        let [low, medium, high] = self.bits;
        by(band, low, medium, high)
    }

    /// The seconds to wait in this band.
    pub fn wait(&self, band: Band) -> u16 {
        let [low, medium, high] = self.wait;
        by(band, low, medium, high)
    }
}

fn by<T>(band: Band, low: T, medium: T, high: T) -> T {
    match band {
        Band::Low => low,
        Band::Medium => medium,
        Band::High => high,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_sound_and_no_bound_may_be_passed() {
        let terms = Terms::default();
        assert!(terms.is_sound());
        assert_eq!([Band::Low, Band::Medium, Band::High].map(|band| terms.bits(band)), terms.bits);
        assert_eq!([Band::Low, Band::Medium, Band::High].map(|band| terms.wait(band)), terms.wait);
        for unsound in [
            Terms { bits: [0, 16, 18], ..terms },
            Terms { bits: [14, 16, MAX_BITS + 1], ..terms },
            Terms { wait: [5, 0, 30], ..terms },
            Terms { wait: [5, 10, MAX_WAIT + 1], ..terms },
            Terms { clearance: 0, ..terms },
            Terms { wait_clearance: MAX_CLEARANCE + 1, ..terms },
        ] {
            assert!(!unsound.is_sound(), "{unsound:?}");
        }
    }
}
