//! Proof of work: a counter that makes the hash of the challenge's text begin with zero bits.

use sha2::{Digest, Sha256};

/// The most digits of a counter: what JavaScript counts exactly has 16.
pub const MAX_DIGITS: usize = 16;

/// How many zero bits SHA-256 of `text ‖ ":" ‖ counter` begins with.
pub fn zero_bits(text: &[u8], counter: &[u8]) -> u32 {
    let hash = Sha256::new().chain_update(text).chain_update(b":").chain_update(counter).finalize();
    let mut bits = 0;
    for byte in hash {
        bits += byte.leading_zeros();
        if byte != 0 {
            break;
        }
    }
    bits
}

/// Whether this is a counter as it is written: digits without a zero before them.
pub(super) fn is_counter(counter: &[u8]) -> bool {
    (1..=MAX_DIGITS).contains(&counter.len())
        && counter.iter().all(u8::is_ascii_digit)
        && (counter.len() == 1 || !counter.starts_with(b"0"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::ToString};

    const VECTORS: [(u32, u32); 7] = [(0, 0), (3, 1), (201, 7), (298, 8), (587, 9), (67799, 15), (167859, 16)];

    /// `printf 'outwork:N' | sha256sum`, by Python's hashlib.
    #[test]
    fn bits_are_counted_from_the_first() {
        for (counter, bits) in VECTORS {
            assert_eq!(zero_bits(b"outwork", counter.to_string().as_bytes()), bits, "{counter}");
        }
    }

    #[test]
    fn one_counter_in_two_to_the_bits_will_do() {
        let found = (0..65_536).filter(|n| zero_bits(b"any", format!("{n}").as_bytes()) >= 8).count();
        // 256 are expected; the standard deviation is 16.
        assert!((176..=336).contains(&found), "{found}");
    }

    #[test]
    fn a_counter_is_written_in_one_way() {
        for good in ["0", "7", "10", "9007199254740991"] {
            assert!(is_counter(good.as_bytes()), "{good}");
        }
        for bad in ["", "00", "01", "-1", "+1", "1.0", "1e3", " 1", "1 ", "0x1", "12345678901234567"] {
            assert!(!is_counter(bad.as_bytes()), "{bad}");
        }
    }
}
